// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Callbacks
import CommandLine
import Fleet
import FleetRuntime
import Foundation

/// `muster callback`.
struct CallbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callback",
        abstract: "Test a callback receiver, or print the public keys.",
        discussion: """
            EXAMPLES
              muster callback test https://ci.example.com/hooks/muster
              muster callback key
            """,
        subcommands: [CallbackTestCommand.self, CallbackKeyCommand.self]
    )
}

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

/// `muster callback key`.
struct CallbackKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Print the public keys with which receivers verify callbacks.",
        discussion: """
            Prints one key per line, the current one before the one that it replaces: `whpk_` and base64, as Standard \
            Webhooks defines for `v1a` signatures. They belong to callback.private_key and the private keys under \
            callback.secrets. They are not secret.
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let callback = try options.access(to: "callback key", "the keys are in the fleet's configuration").configuration
            .callback
        let named = callback.secrets.sorted { $0.key < $1.key }.map { (String?.some($0.key), $0.value) }
        let keys = try ([(nil, callback.keys)] + named).flatMap { name, keys in
            try WebhookSigners.publicKeys(keys).map { PublicKeyObject(secret: name, publicKey: $0) }
        }
        try answer.show(
            Table(
                columns: [.init("SECRET"), .init("PUBLIC KEY")],
                rows: keys.map { [.text($0.secret), .text($0.publicKey)] }
            ),
            keys,
            orNothing: "no private key is configured"
        )
    }
}

/// A public key, in JSON.
struct PublicKeyObject: Encodable {
    /// The name under `callback.secrets`; none for the usual one.
    let secret: String?
    let publicKey: String
}
