// SPDX-License-Identifier: Apache-2.0

/// What somebody may do, and in which projects. It decides for every door: the API, the pages, SQUAD's addresses, and
/// documents that are published to the broker.
package struct Permissions: Sendable, Hashable {
    /// Some abilities in some projects.
    package struct Grant: Sendable, Hashable {
        /// What may be done.
        package let abilities: Set<Ability>
        package let projects: [ProjectScope]

        /// A grant from its parts.
        package init(_ abilities: Set<Ability>, in projects: [ProjectScope]) {
            self.abilities = abilities
            self.projects = projects
        }
    }

    /// All that is granted.
    package let grants: [Grant]

    /// What these grants allow; without any, nothing.
    package init(_ grants: [Grant] = []) { self.grants = grants }

    /// Whether this may be done in a project.
    package func allow(_ ability: Ability, group: String, project: String) -> Bool {
        projects(for: ability).contains { $0.covers(group: group, project: project) }
    }

    /// The projects in which this may be done.
    package func projects(for ability: Ability) -> [ProjectScope] {
        grants.filter { $0.abilities.contains(ability) }.flatMap(\.projects)
    }
}

/// What a token lets its holder do in the projects that it is for.
package enum Ability: String, Sendable, Codable, CaseIterable {
    /// See jobsets, jobs, results and reports.
    case read
    /// Submit jobsets, add to them, seal and change them.
    case submit
    /// Submit jobs that a lab has already, by its number of them: what the lab says of them is shown to whoever reads
    /// the project. Without it `submit` allows new jobs alone.
    case watch
    /// Report the results of jobs that no lab of the fleet runs. It is good for no other job.
    case report
    /// Cancel jobsets and jobs.
    case cancel
    /// Send out jobs again.
    case retry
    /// Have deliveries made again.
    case redeliver
    /// Pause and resume labs, and have what was put aside handled again. It is of use in a token for all projects.
    case operate
}

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

/// Who a client is to the gateway.
package struct CallerIdentity: Codable, Sendable, Equatable {
    /// The version of the gateway.
    package let version: String
    /// The commit that the gateway was built from; missing if its build did not state one.
    package let commit: String?
    /// What its token is called; missing without one.
    package let name: String?
    /// The projects that the token is for; without one those that anybody may read.
    package let projects: [String]
    /// What it may do there.
    package let abilities: [String]

    /// A caller from what is known of it.
    package init(
        version: String,
        commit: String?,
        name: String?,
        projects: [ProjectScope],
        abilities: Set<Ability>
    ) {
        self.version = version
        self.commit = commit
        self.name = name
        self.projects = projects.map(\.description)
        self.abilities = Ability.allCases.filter(abilities.contains).map(\.rawValue)
    }
}
