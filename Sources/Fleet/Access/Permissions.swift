// SPDX-License-Identifier: Apache-2.0

/// What somebody may do, and in which projects. It decides for every door: the API, the pages, SQUAD's addresses, and
/// documents that are published to the broker.
public struct Permissions: Sendable, Hashable {
    /// Some abilities in some projects.
    public struct Grant: Sendable, Hashable {
        /// What may be done.
        public let abilities: Set<Ability>
        /// Where.
        public let projects: [ProjectScope]

        /// A grant from its parts.
        public init(_ abilities: Set<Ability>, in projects: [ProjectScope]) {
            self.abilities = abilities
            self.projects = projects
        }
    }

    /// All that is granted.
    public let grants: [Grant]

    /// What these grants allow; without any, nothing.
    public init(_ grants: [Grant] = []) { self.grants = grants }

    /// Whether this may be done in a project.
    public func allow(_ ability: Ability, group: String, project: String) -> Bool {
        projects(for: ability).contains { $0.covers(group: group, project: project) }
    }

    /// The projects in which this may be done.
    public func projects(for ability: Ability) -> [ProjectScope] {
        grants.filter { $0.abilities.contains(ability) }.flatMap(\.projects)
    }
}
