// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetObjects
import FleetQueues

/// `muster dead drop`.
struct DeadDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Remove messages for good.",
        discussion: "What was dropped is printed, so that --output json > FILE keeps a record of it."
    )

    @OptionGroup var which: DeadLetterSelection
    @OptionGroup var fleet: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let access = try FleetAccess(fleet)
        let selection = which.selection
        let dropped = try await access.withSession { session in
            try await DeadLetters(session: session, topology: access.topology).drop(selection)
        }
        try answer.show(
            DeadListCommand.table(dropped),
            dropped.map { DeadLetterObject($0) },
            orNothing: "no message was dropped"
        )
        let unknown = which.unknown(among: dropped).map { "there is no message \($0)" }
        if !unknown.isEmpty { throw CommandFailure(.usage, lines: unknown) }
    }
}
