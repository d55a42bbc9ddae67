// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// A token as its holder has it: `muster_` and 256 random bits in base64url. It is stored as its hash alone.
package enum TokenText {
    /// What every token begins with, so that scanners for leaked secrets know one when they see it.
    package static let prefix = "muster_"
    /// The longest text that is taken for a token, in bytes.
    package static let maximumLength = 200

    /// The longest name of a token, in bytes.
    package static let maximumNameBytes = 100
    /// What the audit calls somebody without a token.
    package static let nobody = "anonymous"
    /// What a token's name must be, in words.
    package static let nameRule =
        "must be 1 to \(maximumNameBytes) characters of ASCII, without a space at either end, and neither \"\(nobody)\""
        + " nor an id"

    /// Whether a token may be called so: by nothing that could be taken for nobody's name, or for an id. Letters beyond
    /// ASCII may look like those in another's name.
    package static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...maximumNameBytes).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7E).contains($0) }),
            bytes.first != 0x20, bytes.last != 0x20, UUID(uuidString: name) == nil
        else { return false }
        let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return letters.replacing("0", with: "o") != nobody
    }

    /// A new one.
    package static func make() -> String {
        prefix + Base64URL.random()
    }

    /// 32 bytes of SHA-256. A token has too many random bits to be guessed, so that a slow hash would gain nothing.
    package static func hash(of text: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(text.utf8)))
    }
}
