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
        abstract: "Send one signed test callback to a URL, and show the result of each step.",
        discussion: """
            It is sent like every callback, with the same address rules, limits and keys. Its type is muster.test, so \
            a receiver can distinguish it from the end of a jobset.

            The exit status is 0 if the receiver accepted it (2xx), 2 if the URL or its addresses are refused or the \
            secret does not exist, and 4 if there was no answer or one other than 2xx.
            """
    )

    @Argument(help: ArgumentHelp("The URL, as in a jobset document.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The name of the secret under callback.secrets to sign with.", valueName: "name"))
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
