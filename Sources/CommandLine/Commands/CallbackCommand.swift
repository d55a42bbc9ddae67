// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster callback`.
struct CallbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callback",
        abstract: "Test a callback receiver, or print the public keys.",
        discussion: """
            EXAMPLES
              muster callback test https://ci.example.com/hooks/muster
              muster callback key
            """,
        subcommands: [CallbackTestCommand.self, CallbackKeyCommand.self]
    )
}
