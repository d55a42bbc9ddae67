// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// The head and the claims of an ID token that nobody has verified: anybody may have made it.
///
/// jwt-kit's reader of heads turns numbers into `Int` without asking whether they fit, so heads are read here.
struct IDTokenParts: Sendable {
    let head: Head
    let token: IDToken

    /// What its head says of how it is signed (RFC 7515, section 4.1).
    struct Head: Decodable, Sendable {
        let algorithm: String?
        let key: String?
        /// Whether it has parameters that whoever does not know them must refuse.
        let isCritical: Bool

        private enum CodingKeys: String, CodingKey {
            case algorithm = "alg"
            case key = "kid"
            case critical = "crit"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            algorithm = try container.decodeIfPresent(String.self, forKey: .algorithm)
            key = try container.decodeIfPresent(String.self, forKey: .key)
            isCritical = container.contains(.critical)
        }
    }

    /// How deep claims may be nested: those of Keycloak have three levels.
    private static let maximumDepth = 8

    /// - Throws: ``IdentityFailure/unacceptable(_:)``.
    init(_ text: String) throws(IdentityFailure) {
        guard text.utf8.count <= IDToken.maximumBytes else {
            throw .unacceptable("has more than \(IDToken.maximumBytes) bytes")
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Self.read(Head.self, parts[0]), let token = Self.read(IDToken.self, parts[1])
        else { throw .unacceptable("is not a JSON Web Token") }
        self.head = head
        self.token = token
    }

    private static func read<Value: Decodable>(_ type: Value.Type, _ part: Substring) -> Value? {
        // Each level that is not what a reader tries first costs it an error with the whole way there.
        guard let bytes = Base64URL.bytes(part), depth(of: bytes) <= maximumDepth else { return nil }
        return try? JSONDecoder().decode(type, from: bytes)
    }

    /// How deep lists and objects are nested in JSON.
    static func depth(of json: Data) -> Int {
        var (depth, deepest) = (0, 0)
        var (isText, isEscaped) = (false, false)
        for byte in json {
            if isText {
                (isText, isEscaped) = (
                    isEscaped || byte != UInt8(ascii: "\""), !isEscaped && byte == UInt8(ascii: "\\")
                )
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                deepest = max(deepest, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return deepest
    }
}
