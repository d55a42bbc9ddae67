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
