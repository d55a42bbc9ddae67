// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// Who a client is to the gateway, in JSON.
public struct CallerObject: Codable, Sendable, Equatable {
    /// The version of the gateway.
    public let version: String
    /// What its token is called; missing without one.
    public let name: String?
    /// The projects that the token is for; without one those that anybody may read.
    public let projects: [String]
    /// What it may do there.
    public let abilities: [String]

    /// A caller from what is known of it.
    public init(version: String, name: String?, projects: [ProjectScope], abilities: Set<Ability>) {
        self.version = version
        self.name = name
        self.projects = projects.map(\.description)
        self.abilities = Ability.allCases.filter(abilities.contains).map(\.rawValue)
    }
}
