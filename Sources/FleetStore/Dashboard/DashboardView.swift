// SPDX-License-Identifier: Apache-2.0

/// A view of the schema `dashboard`: what people and their tools may ask the database for.
///
/// What is stated here makes the view, and `docs/dashboard-queries.md` repeats it, which a test compares. Within
/// ``version`` columns are only added, at the end: `create or replace view` refuses everything else.
package struct DashboardView: Sendable {
    /// The version of the schema `dashboard`.
    package static let version = 1

    /// A column's type, as PostgreSQL calls it.
    package enum ColumnType: String, Sendable {
        case text, bigint, integer, date, uuid, boolean
        case double = "double precision"
        case time = "timestamp with time zone"
    }

    /// A column of a view.
    package struct Column: Sendable {
        package let name: String
        package let type: ColumnType
        /// What it says, as a phrase, with its unit.
        package let meaning: String

        init(_ name: String, _ type: ColumnType, _ meaning: String) {
            (self.name, self.type, self.meaning) = (name, type, meaning)
        }
    }

    package let name: String
    /// What it shows, in a sentence or two.
    package let meaning: String
    /// In their order.
    package let columns: [Column]
    /// The statement behind it. It may only call functions of PostgreSQL: those of a view run as whoever asks.
    package let select: String

    init(_ name: String, _ meaning: String, _ columns: [Column], select: String) {
        (self.name, self.meaning, self.columns, self.select) = (name, meaning, columns, select)
    }

    /// All of them, in the order of the page.
    package static let all: [DashboardView] = now + rates + times + builds + delivering + tests + size

    /// What the page has about the view: heading, meaning, a row for each column.
    package var documentation: String {
        let rows = columns.map { "| `\($0.name)` | \($0.type.rawValue) | \($0.meaning) |" }
        return (["### `\(name)`", "", meaning, "", "| column | type | meaning |", "|---|---|---|"] + rows)
            .joined(separator: "\n")
    }
}

extension [DashboardView.Column] {
    /// Of which project.
    static let project: Self = [
        .init("build_group", .text, "the group of the build"),
        .init("build_project", .text, "the project of the build"),
    ]

    /// What test cases said.
    static let tests: Self = [
        .init("tests_pass", .bigint, "test cases that passed"),
        .init("tests_fail", .bigint, "test cases that failed"),
        .init("tests_skip", .bigint, "test cases that were skipped"),
        .init("tests_unknown", .bigint, "test cases with another status"),
        .init("tests_xfail", .bigint, "test cases that failed as a known issue says"),
    ]
}
