// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetObjects
import FleetQueues

/// `muster dead list`.
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the messages that were put aside, the oldest first."
    )

    @Option(help: ArgumentHelp("At most so many.", valueName: "number"))
    var limit = CountLimit(100)

    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let access = try FleetAccess(fleet)
        let limit = limit.value
        let (letters, count) = try await access.withSession { session in
            let dead = DeadLetters(session: session, topology: access.topology)
            guard let count = try await dead.count() else { return ([DeadLetter](), 0) }
            return (try await dead.list(limit: limit), count)
        }
        try answer.show(
            Self.table(letters),
            letters.map { DeadLetterObject($0) },
            orNothing: "no message was put aside"
        )
        if count > letters.count { StandardStream.error.line("\(count - letters.count) more: raise --limit") }
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
