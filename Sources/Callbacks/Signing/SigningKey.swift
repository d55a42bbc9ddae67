// SPDX-License-Identifier: Apache-2.0

package import Crypto
package import FleetRuntime
import Foundation

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
