// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore

/// `muster token revoke`.
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a token back: from now on it is good for nothing, nor is any that it made.",
        discussion: """
            What was done with it stays, and the audit goes on naming it. Over a server nobody takes back a token that \
            can more than his own.
            """
    )

    @Argument(help: ArgumentHelp("Its name or id.", valueName: "name"))
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let revoked = try await options.connected { try await $0.revokeToken(name) }
        let made = revoked.revoked.dropFirst().map { HarmlessText.line($0) }.joined(separator: ", ")
        StandardStream.error.line(made.isEmpty ? "revoked" : "revoked, with what it made: \(made)")
    }
}
