// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// A token as its holder has it: `muster_` and 256 random bits in base64url. It is stored as its hash alone.
public enum TokenText {
    /// What every token begins with, so that scanners for leaked secrets know one when they see it.
    public static let prefix = "muster_"
    /// The longest text that is taken for a token, in bytes.
    public static let maximumLength = 200

    /// The longest name of a token, in bytes.
    public static let maximumNameBytes = 100
    /// What a token's name must be, in words.
    public static let nameRule = "must be a line of 1 to \(maximumNameBytes) bytes"

    /// Whether a token may be called so.
    public static func isName(_ name: String) -> Bool {
        (1...maximumNameBytes).contains(name.utf8.count) && name == HarmlessText.line(name)
    }

    /// A new one.
    public static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let text = Data(bytes).base64EncodedString()
        return prefix + text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// 32 bytes of SHA-256. A token has too many random bits to be guessed, so that a slow hash would gain nothing.
    public static func hash(of text: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(text.utf8)))
    }
}
