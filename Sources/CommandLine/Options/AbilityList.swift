// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// What a token is for: `read,submit`.
struct AbilityList: ExpressibleByArgument, CustomStringConvertible, Sendable, Equatable {
    let abilities: Set<Ability>

    /// Known abilities.
    init(abilities: Set<Ability>) { self.abilities = abilities }

    /// As a token has them; what this program does not know is left out.
    init(words: [String]) { abilities = Set(words.compactMap(Ability.init(rawValue:))) }

    /// Words with commas between; nil when one is unknown.
    init?(argument: String) {
        let words = argument.split(separator: ",").map { String($0.filter { $0 != " " }) }
        let found = words.compactMap(Ability.init(rawValue:))
        guard !words.isEmpty, found.count == words.count else { return nil }
        abilities = Set(found)
    }

    /// As it is given.
    var description: String { Ability.allCases.filter(abilities.contains).map(\.rawValue).joined(separator: ",") }

    /// For help and completion.
    static var allValueStrings: [String] { Ability.allCases.map(\.rawValue) }
}
