// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Callbacks
import Fleet
import FleetRuntime
import Foundation

/// `muster callback test`.
struct CallbackTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send one signed test callback to a URL, and say what came of each step.",
        discussion: """
            It goes the way of every callback: the same addresses are refused, the same limits hold, the same keys \
            sign. Its type is muster.test, so a receiver can tell it from the end of a jobset.

            Exits with 0 when it was taken (2xx), with 2 when the URL or its addresses are refused or there is no \
            such secret, with 4 when no answer came, or another than 2xx.
            """
    )

    @Argument(help: ArgumentHelp("Where to, as a jobset would say it.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The secret that signs it, as callback.secrets names it.", valueName: "name"))
    var secret: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let configuration = try options.access(
            to: "callback test",
            "it signs with the fleet's keys and goes out as muster-notifier does"
        ).configuration
        guard let signer = try WebhookSigners(configuration.callback).signer(named: secret) else {
            throw CommandFailure(.usage, "there is no secret callback.secrets.\(secret ?? "")")
        }
        let trial = CallbackTrial(
            sender: CallbackSender(
                timeout: configuration.notifier.callbackTimeout,
                excerptBytes: configuration.notifier.responseExcerptBytes,
                policy: AddressPolicy(allowedNetworks: configuration.callback.allowedNetworks),
                authorities: try ReceiverAuthorities(configuration.callback)
            ),
            signer: signer
        )
        let outcome = try await trial.run(url)
        try answer.show(outcome.facts, outcome)
        guard let status = outcome.exitStatus else { return }
        throw CommandFailure(status)
    }
}
