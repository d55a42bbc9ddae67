// SPDX-License-Identifier: Apache-2.0

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
