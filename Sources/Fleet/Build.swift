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

    /// A build as people name it, with the slash at its beginning or without.
    package init?(named text: String) { self.init(text.hasPrefix("/") ? text : "/\(text)") }

    /// `/group/project/version`.
    package var description: String { "/\(group)/\(project)/\(version)" }
}

/// Says what keeps a text from being a ``Build``.
package enum BuildRule {
    /// What is wrong with `text`, which is no build.
    static func complaint(about text: String) -> String {
        let shape = "must look like \"/group/project/version\""
        guard text.hasPrefix("/") else { return "\(shape), and so begin with \"/\"" }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard parts.count == 3 else { return "\(shape): three parts, not \(parts.count)" }
        let names = parts.map(String.init)
        return complaint(group: names[0], project: names[1], version: names[2]).map { "\(shape): \($0)" } ?? shape
    }

    /// What is wrong with the first part that can't be one of a build; `nil` when nothing is.
    package static func complaint(group: String, project: String, version: String) -> String? {
        for (name, part) in [("group", group), ("project", project), ("version", version)] {
            let isGroup = name == "group"
            let bare = isGroup && part.hasPrefix("~") ? String(part.dropFirst()) : part
            if Slug.isValid(bare), part.utf8.count <= Build.maximumPartLength { continue }
            let tilde = isGroup ? " (a \"~\" may stand before it)" : ""
            return
                "the \(name) must be at most \(Build.maximumPartLength) letters, digits, \"_\", \".\" and \"-\", and "
                + "begin with a letter or digit\(tilde)"
        }
        return nil
    }
}

/// The names of groups, projects, versions and environments: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, at most 100 characters.
///
/// The rule is SQUAD's (`squad/core/models.py`, slug pattern), whose users' names must work unchanged.
package enum Slug {
    /// The longest slug, in characters.
    package static let maximumLength = 100

    /// Whether `text` is a slug.
    package static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first), text.utf8.count <= maximumLength else {
            return false
        }
        return text.utf8.allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
