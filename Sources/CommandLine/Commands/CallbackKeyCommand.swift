// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Callbacks
import FleetRuntime

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
