// SPDX-License-Identifier: Apache-2.0

import Crypto
import FleetRuntime
import Foundation

/// Signs callbacks as Standard Webhooks 1.0.0 has it: HMAC-SHA256 over `id.timestamp.body`.
struct WebhookSigner: Sendable {
    private let keys: [SymmetricKey]

    /// A secret that can't be used; which one, but not what it says.
    struct UnusableSecret: Error, CustomStringConvertible {
        let description = "a callback secret is not whsec_ followed by base64"
    }

    /// A signer with the secret in force and, while it is being replaced, the one before. No secret: no signature.
    ///
    /// - Throws: ``UnusableSecret``.
    init(secrets: [Secret]) throws {
        keys = try secrets.map { secret in
            let text = secret.reveal
            let encoded = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
            guard let data = Data(base64Encoded: encoded), !data.isEmpty else { throw UnusableSecret() }
            return SymmetricKey(data: data)
        }
    }

    /// The value of `webhook-signature`: a signature by each secret, between spaces; `nil` without a secret.
    ///
    /// - Parameters:
    ///   - id: The `webhook-id`.
    ///   - timestamp: The `webhook-timestamp`, in seconds since 1970.
    ///   - body: The body, byte for byte.
    func signature(id: String, timestamp: Int, body: [UInt8]) -> String? {
        guard !keys.isEmpty else { return nil }
        let signed = Data("\(id).\(timestamp).".utf8) + Data(body)
        return keys.map { key in
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: key)
            return "v1," + Data(code).base64EncodedString()
        }.joined(separator: " ")
    }
}
