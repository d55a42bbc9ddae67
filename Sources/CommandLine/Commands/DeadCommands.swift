// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster dead`.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "List, requeue or drop messages that no worker could handle.",
        discussion: """
            A worker moves a message here if it can't handle it, and the broker does so if several workers died on it. \
            No jobset loses anything with such a message: the state is in the database, and the sweep sends again \
            whatever is missing. Find and fix the cause, then requeue or drop the message.

            EXAMPLES
              muster dead
              muster dead requeue 9f2c5e0a71b3d468
              muster dead drop --all
            """,
        subcommands: [DeadListCommand.self, DeadRequeueCommand.self, DeadDropCommand.self],
        defaultSubcommand: DeadListCommand.self
    )
}

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

/// `muster dead requeue`.
struct DeadRequeueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requeue",
        abstract: "Put messages back into the queues they came from.",
        discussion: """
            A message is removed here only when the broker has confirmed that it is back in its queue. Messages that \
            came from no queue of this fleet stay. Handling a message twice is harmless.
            """
    )

    @OptionGroup var which: DeadLetterOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let requeued = try await options.connected { try await $0.requeue(which.selection) }
        try answer.show(DeadListCommand.table(requeued.items), requeued.items, orNothing: "no messages were requeued")
        let stayed: [String] = requeued.left.map { letter in
            "\(letter.key) stays: its queue, \(letter.queue ?? "unknown"), does not belong to this fleet"
        }
        let unknown = requeued.unknown.map { "there is no message \($0)" }
        let problems = stayed + unknown
        if !problems.isEmpty { throw CommandFailure(.usage, lines: problems) }
    }
}

/// `muster dead drop`.
struct DeadDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Delete messages permanently.",
        discussion: "Prints the deleted messages, so --output json > FILE keeps a record of them."
    )

    @OptionGroup var which: DeadLetterOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let dropped = try await options.connected { try await $0.drop(which.selection) }
        try answer.show(DeadListCommand.table(dropped.items), dropped.items, orNothing: "no messages were dropped")
        let unknown = dropped.unknown.map { "there is no message \($0)" }
        if !unknown.isEmpty { throw CommandFailure(.usage, lines: unknown) }
    }
}

/// Which dead letters are meant: arguments of `requeue` and `drop`.
struct DeadLetterOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Keys from `muster dead`.", valueName: "key"))
    var keys: [String] = []

    @Flag(help: "Every message.")
    var all = false

    func validate() throws {
        if keys.isEmpty, !all { throw ValidationError("Name the messages: keys, or --all.") }
        if !keys.isEmpty, all { throw ValidationError("Keys and --all exclude each other.") }
    }

    /// As the queue's own code takes it.
    var selection: DeadLetterSelection { all ? .all : .keys(Set(keys.map { $0.lowercased() })) }
}
