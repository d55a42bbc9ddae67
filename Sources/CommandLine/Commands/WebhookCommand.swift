// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster webhook`.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "List, set and remove the webhooks of a project, rotate secrets, repeat what was not taken.",
        discussion: """
            A webhook is called for every jobset of a project. `muster deliveries` shows each call.

            EXAMPLES
              muster webhook list lkft/linux-next
              muster webhook set lkft/linux-next ci --url https://ci.example.com/hook --events accepted,finished
              muster webhook rotate lkft/linux-next ci
              muster webhook redeliver lkft/linux-next ci
              muster webhook remove lkft/linux-next ci
            """,
        subcommands: [
            WebhookListCommand.self, WebhookSetCommand.self, WebhookEnableCommand.self, WebhookDisableCommand.self,
            WebhookRotateCommand.self, WebhookRedeliverCommand.self, WebhookRemoveCommand.self,
        ]
    )
}
