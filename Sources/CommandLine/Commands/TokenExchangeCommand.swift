// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetStore

/// `muster token exchange`.
struct TokenExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Exchange the ID token of a CI job for a token, which is printed once.",
        discussion: """
            The gateway accepts ID tokens of the providers in gateway.identity_providers that have an audience. The token is \
            valid for some hours. Use it as in

              MUSTER_TOKEN=$(muster token exchange) && export MUSTER_TOKEN
            """
    )

    @Option(
        help: ArgumentHelp("A file that contains only the ID token. (default: $MUSTER_ID_TOKEN)", valueName: "file"),
        completion: .file()
    )
    var idTokenFile: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let idToken = try ServerToken(idTokenIn: idTokenFile)
        let token = try await options.servedWithoutToken(to: "token exchange") { try await $0.exchange(idToken) }
        if answer.output == .json { return try answer.show(token) }
        StandardStream.output.line(HarmlessText.line(token.token ?? ""))
    }
}
