// SPDX-License-Identifier: Apache-2.0

import Foundation

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
