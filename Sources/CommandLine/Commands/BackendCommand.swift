// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster backend`.
struct BackendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backend",
        abstract: "Keep jobs from a lab for a while, or let them go there again.",
        discussion: """
            EXAMPLES
              muster backend pause lab-a --reason "the rack is being moved"
              muster backend resume lab-a
            """,
        subcommands: [BackendPauseCommand.self, BackendResumeCommand.self]
    )
}
