// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster callback`.
struct CallbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callback",
        abstract: "Try a receiver of callbacks, or show what it verifies them with.",
        discussion: """
            EXAMPLES
              muster callback test https://ci.example.com/hooks/muster
              muster callback key
            """,
        subcommands: [CallbackTestCommand.self, CallbackKeyCommand.self]
    )
}
