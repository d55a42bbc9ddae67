// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetQueues

/// `muster dead list`.
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the dead letters, the oldest first."
    )

    @Option(help: ArgumentHelp("Maximum number of rows.", valueName: "number"))
    var limit = CountLimit(100)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let letters = try await options.connected { try await $0.deadLetters(limit: limit.value) }
        try answer.show(Self.table(letters.items), letters.items, orNothing: "there are no dead letters")
        let more = letters.total - letters.items.count
        if more > 0 { StandardStream.error.line("\(more) more: raise --limit") }
    }

    /// The messages as a table.
    static func table(_ letters: [DeadLetter]) -> Table {
        Table(
            columns: [
                .init("KEY"), .init("QUEUE"), .init("TYPE", canShrink: true), .init("SINCE"),
                .init("REASON", canShrink: true), .init("BYTES"), .init("BODY", canShrink: true),
            ],
            rows: letters.map { letter in
                [
                    .text(letter.key), .text(letter.queue), .text(letter.type), .time(letter.since),
                    .text(letter.reason), .number(letter.bodyBytes), .text(letter.excerpt),
                ]
            }
        )
    }
}
