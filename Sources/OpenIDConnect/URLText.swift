// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Texts for URLs and forms.
enum URLText {
    private static let plain = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
    )

    /// A query, or a form (WHATWG URL, section 5.2).
    static func query(_ items: [(String, String)]) -> String {
        items.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
    }

    /// Everything but RFC 3986's unreserved characters in percents.
    static func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }

    /// Base64url without padding (RFC 7515, section 2).
    static func base64(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The bytes of base64url without padding; `nil` for other text.
    static func bytes(ofBase64 text: some StringProtocol) -> Data? {
        let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }

    /// How long ``random()`` is.
    static let randomLength = 43

    /// 256 random bits.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return base64((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
