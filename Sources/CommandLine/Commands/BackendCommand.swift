// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster backend`.
struct BackendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backend",
        abstract: "Stop sending jobs to a lab, or resume.",
        discussion: """
            EXAMPLES
              muster backend pause lab-a --reason "the rack is being moved"
              muster backend resume lab-a
            """,
        subcommands: [BackendPauseCommand.self, BackendResumeCommand.self]
    )
}
