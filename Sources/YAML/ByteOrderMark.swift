// SPDX-License-Identifier: Apache-2.0

/// The mark that some editors put before a text in UTF-8 (RFC 3629, section 6). It says nothing and is no part of the
/// text: JSON and YAML are read from behind it, at every door.
package enum ByteOrderMark {
    private static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// How many bytes of it stand before `text`: 3 or none.
    package static func count(before text: some Collection<UInt8>) -> Int {
        text.starts(with: bytes) ? bytes.count : 0
    }

    /// `text` without it.
    package static func removed(from text: String) -> String {
        let count = count(before: text.utf8)
        return count == 0 ? text : String(Substring(text.utf8.dropFirst(count)))
    }
}
