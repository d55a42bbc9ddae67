// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster webhook rotate`.
struct WebhookRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Sign the calls of a webhook with a new secret.",
        discussion: """
            The new secret is printed, and shown nowhere else. Until the receiver knows it, each call also has a signature \
            by what signed before. Secrets of webhooks of the configuration are rotated there.
            """
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
    var project: ProjectName

    @Argument(help: ArgumentHelp("The webhook's name.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("How long what signed before also signs; 0: not any more.", valueName: "seconds"))
    var previousSeconds = WebhookSecrets.keptSeconds

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        let range = WebhookSecrets.keptRange
        guard range.contains(previousSeconds) else {
            throw ValidationError(
                "--previous-seconds must be a whole number from \(range.lowerBound) to \(range.upperBound)."
            )
        }
    }

    func run() async throws {
        let rotated = try await options.connected {
            try await $0.rotateSecret(ofWebhook: name, of: project, keepingFor: previousSeconds)
        }
        let table = Table(
            columns: [.init("NAME"), .init("SECRET"), .init("PREVIOUS UNTIL")],
            rows: [[.text(rotated.name), .text(rotated.secret), .time(rotated.previousUntil)]]
        )
        if answer.output == .json { return try answer.show(rotated) }
        try answer.show(table, [rotated], orNothing: "")
    }
}
