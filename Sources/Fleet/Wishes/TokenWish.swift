// SPDX-License-Identifier: Apache-2.0

/// What somebody wants of a token.
package struct TokenWish: Sendable {
    package let name: String
    package let projects: [ProjectScope]
    package let abilities: Set<Ability>
    /// After how many days it ends by itself.
    package let days: Int?

    package init(name: String, projects: [ProjectScope], abilities: Set<Ability>, days: Int?) {
        self.name = name
        self.projects = projects
        self.abilities = abilities
        self.days = days
    }
}
