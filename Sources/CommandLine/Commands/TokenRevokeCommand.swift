// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore

/// `muster token revoke`.
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a token, and all tokens that were created with it.",
        discussion: """
            It stops working at once. Its past actions stay in the audit log. Over a server, nobody can revoke a token \
            that has more rights than their own.
            """
    )

    @Argument(help: ArgumentHelp("The name or id of the token.", valueName: "name"))
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let revoked = try await options.connected { try await $0.revokeToken(name) }
        let made = revoked.revoked.dropFirst().map { HarmlessText.line($0) }.joined(separator: ", ")
        StandardStream.error.line(made.isEmpty ? "revoked" : "revoked, with the tokens created with it: \(made)")
    }
}
