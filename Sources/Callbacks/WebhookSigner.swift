// SPDX-License-Identifier: Apache-2.0

package import Crypto
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

/// Signs callbacks as Standard Webhooks 1.0.0 has it: over `id.timestamp.body`, with HMAC-SHA256 (`v1`) by secrets that
/// the receiver knows too, and with ed25519 (`v1a`) by private keys whose public half is all that a receiver needs.
package struct WebhookSigner: Sendable {
    private let keys: [SigningKey]

    /// A signer with the keys in force and, while they are being replaced, those before. No key: no signature.
    package init(keys: [SigningKey]) {
        self.keys = keys
    }

    /// A signer with all keys of several.
    init(_ signers: [WebhookSigner]) { keys = signers.flatMap(\.keys) }

    /// The value of `webhook-signature`: a signature by each key, between spaces; `nil` without a key.
    ///
    /// - Parameters:
    ///   - id: The `webhook-id`.
    ///   - timestamp: The `webhook-timestamp`, in seconds since 1970.
    ///   - body: The body, byte for byte.
    /// - Throws: when the system has no randomness for ed25519.
    package func signature(id: String, timestamp: Int, body: [UInt8]) throws -> String? {
        guard !keys.isEmpty else { return nil }
        let signed = Data("\(id).\(timestamp).".utf8) + Data(body)
        return try keys.map { try $0.signature(of: signed) }.joined(separator: " ")
    }
}

/// One key that callbacks are signed with, as Standard Webhooks 1.0.0 writes it down.
package enum SigningKey: Sendable {
    /// A secret that both sides know: `whsec_` and base64.
    case secret(SymmetricKey)
    /// A private ed25519 key: `whsk_` and base64 of its seed, behind which its public key may stand.
    case privateKey(Curve25519.Signing.PrivateKey)

    /// A key that can't be used; what it should be, but not what it says.
    package struct Unusable: Error, CustomStringConvertible {
        package let description = "a callback key is neither whsec_ nor whsk_ followed by base64"
    }

    /// How many bytes an ed25519 seed has, and a seed with its public key behind it.
    private static let seedBytes = (alone: 32, withPublicKey: 64)

    /// The key that is written as `secret`; base64 alone is a secret.
    ///
    /// - Throws: ``Unusable``.
    package init(_ secret: Secret) throws {
        let text = secret.reveal
        if text.hasPrefix("whsk_") {
            guard let data = Data(base64Encoded: String(text.dropFirst(5))),
                [Self.seedBytes.alone, Self.seedBytes.withPublicKey].contains(data.count),
                let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: data.prefix(Self.seedBytes.alone))
            else { throw Unusable() }
            self = .privateKey(key)
        } else {
            let encoded = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
            guard let data = Data(base64Encoded: encoded), !data.isEmpty else { throw Unusable() }
            self = .secret(SymmetricKey(data: data))
        }
    }

    /// What receivers verify with, `whpk_` and base64; `nil` for a secret, which they have to be told.
    package var publicKey: String? {
        guard case .privateKey(let key) = self else { return nil }
        return "whpk_" + key.publicKey.rawRepresentation.base64EncodedString()
    }

    /// The signature with its version before it.
    func signature(of data: Data) throws -> String {
        switch self {
        case .secret(let key):
            "v1," + Data(HMAC<SHA256>.authenticationCode(for: data, using: key)).base64EncodedString()
        case .privateKey(let key):
            "v1a," + (try key.signature(for: data)).base64EncodedString()
        }
    }
}
