// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetObjects
import FleetStore
import Foundation

/// `muster token list`.
struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens, what they are for, and when each was last used.",
        discussion: "The tokens themselves are kept nowhere. The time of the last use is kept to the minute."
    )

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let tokens = try await FleetAccess(fleet).withStore { try await $0.tokens() }
        try answer.show(Self.table(tokens), tokens.map { TokenObject($0) }, orNothing: "there are no tokens")
    }

    /// The tokens as a table.
    static func table(_ tokens: [TokenStatus], now: Date = Date()) -> Table {
        Table(
            columns: [
                .init("NAME"), .init("STATE"), .init("PROJECTS", canShrink: true), .init("CAN", canShrink: true),
                .init("CREATED"), .init("EXPIRES"), .init("LAST USED"),
            ],
            rows: tokens.map { token in
                [
                    .text(token.name), .text(token.state(now: now)),
                    .text(token.projects.map(\.description).joined(separator: " ")),
                    .text(AbilityList(abilities: token.abilities).description), .time(token.createdAt),
                    .text(token.expiresAt.map { Age.stamp($0) }), .time(token.lastUsedAt),
                ]
            }
        )
    }
}
