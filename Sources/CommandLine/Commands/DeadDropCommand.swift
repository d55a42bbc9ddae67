// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetQueues

/// `muster dead drop`.
struct DeadDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Delete messages permanently.",
        discussion: "Prints the deleted messages, so --output json > FILE keeps a record of them."
    )

    @OptionGroup var which: DeadLetterSelection
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let dropped = try await options.connected { try await $0.drop(which.selection) }
        try answer.show(DeadListCommand.table(dropped.items), dropped.items, orNothing: "no messages were dropped")
        let unknown = dropped.unknown.map { "there is no message \($0)" }
        if !unknown.isEmpty { throw CommandFailure(.usage, lines: unknown) }
    }
}
