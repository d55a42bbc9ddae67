// SPDX-License-Identifier: Apache-2.0

/// What the jobs of a jobset test: one version of one project, written `/group/project/version`.
///
/// The three parts follow SQUAD's slug rules, so a build keeps its name when a team moves from SQUAD.
package struct Build: Sendable, Hashable, CustomStringConvertible {
    /// The team or umbrella the project belongs to; may start with `~` (a personal group in SQUAD).
    package let group: String
    /// The project within its group.
    package let project: String
    /// The version under test, for example `next-20261123`.
    package let version: String

    /// The longest part accepted, in characters.
    package static let maximumPartLength = 100

    /// A build from its three parts, or `nil` when one of them breaks the slug rules.
    package init?(group: String, project: String, version: String) {
        let bareGroup = group.hasPrefix("~") ? String(group.dropFirst()) : group
        guard Slug.isValid(bareGroup), Slug.isValid(project), Slug.isValid(version),
            group.utf8.count <= Self.maximumPartLength
        else { return nil }
        self.group = group
        self.project = project
        self.version = version
    }

    /// A build from `/group/project/version`, or `nil` when the text has another shape.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty else { return nil }
        self.init(group: String(parts[1]), project: String(parts[2]), version: String(parts[3]))
    }

    /// `/group/project/version`.
    package var description: String { "/\(group)/\(project)/\(version)" }
}
