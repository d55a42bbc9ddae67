// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Postgres

/// Which of SQUAD's groups, projects, builds or test jobs to list, and which page of them.
package struct SQUADFilter: Sendable {
    /// Only those of these projects.
    package var scopes: [ProjectScope] = [.all]
    /// Only the one of this number.
    package var id: Int?
    /// Only what belongs to the group of this number.
    package var groupID: Int?
    /// Only what belongs to the project of this number.
    package var projectID: Int?
    /// Only what is so called: a group's or a project's slug, a build's version.
    package var slug: String?
    /// Only this build.
    package var build: Build?
    /// Only builds with a smaller number.
    package var before: Int?
    /// Only builds with a larger number, the smallest first.
    package var after: Int?
    /// Only builds of which all has come back.
    package var isFinished = false
    /// At most so many on the page.
    package var limit = 50
    /// How many stand on the pages before.
    package var offset = 0

    /// All of them, to be narrowed down.
    package init() {}

    /// This build.
    package init(_ build: Build) {
        self.build = build
        slug = build.version
    }
}

/// A page of a list, and how many there are on all of its pages.
package struct SQUADPage<Item: Sendable>: Sendable {
    /// How many there are.
    package let count: Int
    /// What is on the page.
    package let items: [Item]

    /// A page as given.
    init(count: Int, items: [Item]) {
        (self.count, self.items) = (count, items)
    }
}

extension SQUADPage where Item: Decodable {
    /// A page from rows of which each has the count; on an empty page there is one row with that alone.
    init(_ rows: PostgresRows) throws {
        let isEmpty = try rows.first?.decode("id", as: Int?.self) == nil
        count = try rows.first?.decode("number") ?? 0
        items = isEmpty ? [] : try rows.decode(Item.self)
    }
}
