// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetRuntime
import Foundation

/// Who signs which callback: a jobset may name other keys than those that all callbacks are signed with.
package struct WebhookSigners: Sendable {
    private let usual: WebhookSigner
    private let named: [String: WebhookSigner]

    /// Signers for all keys of the configuration.
    ///
    /// - Throws: ``SigningKey/Unusable``.
    package init(_ callback: FleetConfiguration.Callback) throws {
        usual = try Self.signer(callback.keys)
        named = try callback.secrets.mapValues(Self.signer)
    }

    /// The signer for a callback that names `secret`, or none; `nil` when there is no such secret (any more).
    package func signer(named secret: String?) -> WebhookSigner? {
        guard let secret else { return usual }
        return named[secret]
    }

    /// The signer for a webhook, which may have secrets of its own.
    ///
    /// - Throws: ``SigningKey/Unusable``.
    package func signer(named secret: String?, own: WebhookSecrets?) throws -> WebhookSigner? {
        guard let own = own?.inForce(at: Date()), !own.isEmpty else { return signer(named: secret) }
        // What is gone from the configuration can't sign, and needs not: the present one does.
        return WebhookSigner(
            try own.compactMap { entry in
                guard let text = entry.secret else { return signer(named: secret) }
                return WebhookSigner(keys: [try SigningKey(Secret(text))])
            }
        )
    }

    /// The public keys that receivers verify with, the present one first.
    package static func publicKeys(_ keys: FleetConfiguration.Callback.Keys) throws -> [String] {
        try keys.all.map { try SigningKey($0) }.compactMap(\.publicKey)
    }

    private static func signer(_ keys: FleetConfiguration.Callback.Keys) throws -> WebhookSigner {
        WebhookSigner(keys: try keys.all.map { try SigningKey($0) })
    }
}
