// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

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

/// `muster webhook list`.
struct WebhookListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the webhooks of a project, with the results of their deliveries of the last week.",
        discussion: "Of a receiver's URL, only scheme, host and port are shown: the rest may contain a token."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
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

/// `muster webhook set`.
struct WebhookSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Add a webhook to a project, or replace the one of this name.",
        discussion: """
            It applies to events that happen from now on. {labels.NAME} in the path or query of the URL stands for that \
            label of the jobset. Webhooks of the configuration can only be changed there.
            """
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
    var project: ProjectName

    @Argument(help: ArgumentHelp("A name of your choice.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("The URL to call.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("What to call it for, separated by commas.", valueName: "events"))
    var events: String = "finished"

    @Option(help: ArgumentHelp("The built-in template for the body.", valueName: "name"))
    var template: String?

    @Option(
        name: .customLong("parameter"),
        help: ArgumentHelp("A value for the template; can be given several times.", valueName: "name=value")
    )
    var parameters: [String] = []

    @Option(help: ArgumentHelp("The section of callback.secrets to sign with.", valueName: "name"))
    var secret: String?

    @Flag(help: "Do not call it.")
    var disabled = false

    @Option(help: ArgumentHelp("Minimum time between two events of progress.", valueName: "seconds"))
    var progressInterval = WebhookProgress().seconds

    @Option(help: ArgumentHelp("Minimum growth of the share that is done, in percent.", valueName: "number"))
    var progressPercent = WebhookProgress().percent

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    private var wish: WebhookWish {
        WebhookWish(
            name: name,
            url: url,
            events: events.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init),
            template: template,
            parameters: Dictionary(parameters.compactMap(TemplateParameterValue.init).map { ($0.name, $0.value) }) {
                $1
            },
            secret: secret,
            isEnabled: !disabled,
            progress: WebhookProgress(seconds: progressInterval, percent: progressPercent)
        )
    }

    func validate() throws {
        if let bad = parameters.first(where: { TemplateParameterValue($0) == nil }) {
            throw ValidationError("--parameter must be name=value, not \(HarmlessText.line(bad, limit: 80)).")
        }
        if let fault = wish.faults.first { throw ValidationError("\(Self.option(fault)) \(fault.reason).") }
        let numbers = [
            ("--progress-interval", progressInterval, WebhookProgress.secondsRange),
            ("--progress-percent", progressPercent, WebhookProgress.percentRange),
        ]
        for (option, number, range) in numbers where !range.contains(number) {
            throw ValidationError("\(option) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    private static func option(_ fault: Fault) -> String {
        let parts = fault.pointer.split(separator: "/").map(String.init)
        return switch parts.first {
        case "name": "<name>"
        case "parameters": (["--parameter"] + parts.dropFirst()).joined(separator: " ")
        default: "--\(fault.pointer.dropFirst())"
        }
    }

    func run() async throws {
        let webhook = try await options.connected { try await $0.setWebhook(wish, of: project) }
        if answer.output == .json { return try answer.show(webhook) }
        try answer.show(WebhookListCommand.table([webhook]), [webhook], orNothing: "")
    }
}

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
    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
    var project: ProjectName

    @Argument(help: ArgumentHelp("The webhook's name.", valueName: "name"))
    var name: String

    func set(isEnabled: Bool, _ options: ConfigurationOptions, _ answer: OutputOptions) async throws {
        let webhook = try await options.connected { try await $0.enableWebhook(name, of: project, isEnabled) }
        if answer.output == .json { return try answer.show(webhook) }
        try answer.show(WebhookListCommand.table([webhook]), [webhook], orNothing: "")
    }
}

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

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
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

/// `muster webhook redeliver`.
struct WebhookRedeliverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeliver",
        abstract: "Repeat the deliveries of the last week that a webhook has not taken.",
        discussion: "Each gets a full new round of tries, with the same webhook-id and body."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
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

/// `muster webhook remove`.
struct WebhookRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a webhook of a project.",
        discussion: "What is still to be delivered to it is given up."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
    var project: ProjectName

    @Argument(help: ArgumentHelp("The webhook's name.", valueName: "name"))
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let webhook = try await options.connected { try await $0.removeWebhook(name, of: project) }
        StandardStream.error.line("removed: \(HarmlessText.line(webhook.name))")
    }
}
