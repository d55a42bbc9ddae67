// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster webhook redeliver`.
struct WebhookRedeliverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeliver",
        abstract: "Repeat the deliveries of the last week that a webhook has not taken.",
        discussion: "Each gets a full new round of tries, with the same webhook-id and body."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
    var project: ProjectName

    @Argument(help: ArgumentHelp("The webhook's name.", valueName: "name"))
    var name: String

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let objects = try await options.connected { try await $0.redeliverFailed(toWebhook: name, of: project) }
        try answer.show(
            Table(columns: [.init("REDELIVERED")], rows: objects.map { [.text($0.id.text)] }),
            objects,
            orNothing: "nothing of the last week was given up"
        )
    }
}
