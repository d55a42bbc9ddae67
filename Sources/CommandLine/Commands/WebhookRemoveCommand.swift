// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster webhook remove`.
struct WebhookRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a webhook of a project.",
        discussion: "What is still to be delivered to it is given up."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
    var project: ProjectName

    @Argument(help: ArgumentHelp("The webhook's name.", valueName: "name"))
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let webhook = try await options.connected { try await $0.removeWebhook(name, of: project) }
        StandardStream.error.line("removed: \(HarmlessText.line(webhook.name))")
    }
}
