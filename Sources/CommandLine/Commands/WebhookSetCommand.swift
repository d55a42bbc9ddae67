// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

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

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
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
