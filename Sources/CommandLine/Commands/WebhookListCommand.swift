// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster webhook list`.
struct WebhookListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the webhooks of a project, with the results of their deliveries of the last week.",
        discussion: "Of a receiver's URL, only scheme, host and port are shown: the rest may contain a token."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
    var project: ProjectName

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let webhooks = try await options.connected { try await $0.webhooks(of: project) }
        try answer.show(Self.table(webhooks), webhooks, orNothing: "there are no webhooks")
    }

    /// The webhooks as a table.
    static func table(_ webhooks: [Webhook]) -> Table {
        Table(
            columns: [
                .init("NAME"), .init("RECEIVER", canShrink: true), .init("EVENTS", canShrink: true), .init("STATE"),
                .init("DELIVERED"), .init("DUE"), .init("FAILED"), .init("LAST"), .init("LAST ERROR", canShrink: true),
            ],
            rows: webhooks.map { webhook in
                [
                    .text(webhook.name), .text(webhook.receiver), .text(webhook.events.joined(separator: ", ")),
                    .text(state(of: webhook)), .number(webhook.delivered), .number(webhook.due),
                    .number(webhook.failed), .time(webhook.lastDeliveredAt), .text(webhook.lastError),
                ]
            }
        )
    }

    private static func state(of webhook: Webhook) -> String {
        (webhook.isEnabled ? "on" : "off") + (webhook.isConfigured ? ", configured" : "")
    }
}
