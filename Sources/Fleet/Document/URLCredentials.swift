// SPDX-License-Identifier: Apache-2.0

/// Users, passwords and tokens in URLs, before the `@` of their authority (RFC 3986, section 3.2.1).
enum URLCredentials {
    /// What ends an authority.
    private static let ends = Set("/?#".utf8)
    /// What ends a URL in a text in which others stand around it.
    private static let delimiters = Set("\\\"'`<>{}|^".utf8)

    /// Whether a text may have any.
    static func mayBe(in text: String) -> Bool { text.utf8.contains(UInt8(ascii: "@")) && text.contains("://") }

    /// All that a text has, in order.
    ///
    /// - Parameter isWhole: Whether the text is a value as it is read, and not one between quotes and brackets.
    static func found(in text: String, isWhole: Bool) -> [String] {
        let bytes = Array(text.utf8)
        return ranges(in: bytes, isWhole: isWhole).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// The text with a mask in place of each.
    static func masked(_ text: String, isWhole: Bool) -> String {
        guard mayBe(in: text) else { return text }
        let bytes = Array(text.utf8)
        var shown = ""
        var next = 0
        for range in ranges(in: bytes, isWhole: isWhole) {
            shown += String(decoding: bytes[next..<range.lowerBound], as: UTF8.self) + MaskedDefinition.mask
            next = range.upperBound
        }
        return shown + String(decoding: bytes[next...], as: UTF8.self)
    }

    /// Where they are, in one pass.
    static func ranges(in bytes: [UInt8], isWhole: Bool) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = 0
        while index + 3 <= bytes.count {
            guard bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "/"),
                bytes[index + 2] == UInt8(ascii: "/")
            else {
                index += 1
                continue
            }
            let start = index + 3
            let isEnd = { (byte: UInt8) in
                byte <= 0x20 || byte == 0x7F || ends.contains(byte) || (!isWhole && delimiters.contains(byte))
            }
            let end = bytes[start...].firstIndex(where: isEnd) ?? bytes.count
            if let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")), at > start { found.append(start..<at) }
            index = end
        }
        return found
    }
}
