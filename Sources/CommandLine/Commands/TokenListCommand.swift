// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore
import Foundation

/// `muster token list`.
struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens with their projects, abilities and last use.",
        discussion: "The tokens themselves are not stored. The time of the last use is accurate to the minute."
    )

    @Flag(help: "List the valid tokens of people and CI jobs of identity providers instead.")
    var identities = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let tokens = try await options.connected { try await $0.tokens(ofIdentities: identities) }
        try answer.show(Self.table(tokens), tokens, orNothing: "there are no tokens")
    }

    /// The tokens as a table.
    static func table(_ tokens: [Token]) -> Table {
        Table(
            columns: [
                .init("NAME"), .init("STATE"), .init("PROJECTS", canShrink: true), .init("CAN", canShrink: true),
                .init("CREATED"), .init("EXPIRES"), .init("LAST USED"),
            ],
            rows: tokens.map { token in
                [
                    .text(token.holder ?? token.name), .text(token.state),
                    .text(token.projects.joined(separator: " ")),
                    .text(AbilityList(words: token.abilities).description), .time(token.createdAt),
                    .text(token.expiresAt.map { Age.stamp($0) }), .time(token.lastUsedAt),
                ]
            }
        )
    }
}
