// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetStore

/// `muster token revoke`.
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a token back: from now on it is good for nothing.",
        discussion: "What was done with it stays, and the audit goes on naming it."
    )

    @Argument(help: ArgumentHelp("Its name or id.", valueName: "name"))
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard try await options.connected({ try await $0.revokeToken(name) }) else {
            throw CommandFailure(.usage, "there is no good token called \(name)", "  `muster token list` lists them")
        }
        StandardStream.error.line("revoked")
    }
}
