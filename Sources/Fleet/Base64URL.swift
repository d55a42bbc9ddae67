// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Base64url without padding (RFC 7515, section 2).
package enum Base64URL {
    /// The text of some bytes.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The bytes of a text; `nil` for one that is none.
    package static func bytes(_ text: some StringProtocol) -> Data? {
        let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }

    /// 256 random bits, as a text of ``randomLength``.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return text((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// How long ``random()`` is.
    package static let randomLength = 43
}
