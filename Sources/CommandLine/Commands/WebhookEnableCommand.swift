// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster webhook enable`.
struct WebhookEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Call a webhook again.",
        discussion: "It applies to events that happen from now on."
    )

    @OptionGroup var webhook: WebhookArguments
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws { try await webhook.set(isEnabled: true, options, answer) }
}

/// `muster webhook disable`.
struct WebhookDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Do not call a webhook.",
        discussion: "It applies to events that happen from now on. What is already due is still delivered."
    )

    @OptionGroup var webhook: WebhookArguments
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws { try await webhook.set(isEnabled: false, options, answer) }
}

/// A webhook of a project.
struct WebhookArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
    var project: ProjectName

    @Argument(help: ArgumentHelp("The webhook's name.", valueName: "name"))
    var name: String

    func set(isEnabled: Bool, _ options: ConfigurationOptions, _ answer: OutputOptions) async throws {
        let webhook = try await options.connected { try await $0.enableWebhook(name, of: project, isEnabled) }
        if answer.output == .json { return try answer.show(webhook) }
        try answer.show(WebhookListCommand.table([webhook]), [webhook], orNothing: "")
    }
}
