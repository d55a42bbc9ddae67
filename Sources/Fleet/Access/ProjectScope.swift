// SPDX-License-Identifier: Apache-2.0

/// Which projects something is for: one, all of a group, or all.
package enum ProjectScope: Sendable, Hashable, CustomStringConvertible {
    /// All of them: `*`.
    case all
    /// All of a group: `group/*`.
    case group(String)
    /// One: `group/project`.
    case project(group: String, project: String)

    /// A scope from `group/project`, `group/*` or `*`; `nil` when the text has another shape.
    package init?(_ text: String) {
        if text == "*" {
            self = .all
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        // A build checks the names; its version is of no matter here.
        guard let build = Build(group: parts[0], project: parts[1] == "*" ? "any" : parts[1], version: "any") else {
            return nil
        }
        self = parts[1] == "*" ? .group(build.group) : .project(group: build.group, project: build.project)
    }

    /// Whether it is also for this project.
    package func covers(group: String, project: String) -> Bool {
        switch self {
        case .all: true
        case .group(let own): own == group
        case .project(let ownGroup, let ownProject): ownGroup == group && ownProject == project
        }
    }

    /// What two lists of scopes have in common.
    package static func inBoth(_ some: [ProjectScope], _ others: [ProjectScope]) -> [ProjectScope] {
        let common = some.flatMap { one in
            others.compactMap { other in one.covers(other) ? other : other.covers(one) ? one : nil }
        }
        return Array(Set(common))
    }

    private func covers(_ other: ProjectScope) -> Bool {
        switch (self, other) {
        case (.all, _): true
        case (.group(let own), .group(let group)), (.group(let own), .project(let group, _)): own == group
        default: self == other
        }
    }

    /// As it is written.
    package var description: String {
        switch self {
        case .all: "*"
        case .group(let group): "\(group)/*"
        case .project(let group, let project): "\(group)/\(project)"
        }
    }
}
