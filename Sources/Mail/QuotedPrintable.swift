// SPDX-License-Identifier: Apache-2.0

/// Text as RFC 2045, section 6.7 has it: ASCII in lines of at most 76 bytes, readable where the text was ASCII.
enum QuotedPrintable {
    private static let lineBytes = 76

    /// `text` with CRLF, LF and CR as line breaks; always ends in one.
    static func encoded(_ text: String) -> String {
        // A CRLF is one `Character`, so splitting by characters takes each line break once.
        text.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" || $0 == "\r" }
            .map { line($0) + "\r\n" }
            .joined()
    }

    /// Two digits, in capitals.
    static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    private static func line(_ line: Substring) -> String {
        var result = ""
        var used = 0
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let piece = isLiteral(byte, isLast: isLast) ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
            // A line that goes on ends in `=`.
            if used + piece.utf8.count > (isLast ? lineBytes : lineBytes - 1) {
                result += "=\r\n"
                used = 0
            }
            result += piece
            used += piece.utf8.count
        }
        return result
    }

    /// Blanks at a line's end get lost on the way, so those are written in digits.
    private static func isLiteral(_ byte: UInt8, isLast: Bool) -> Bool {
        switch byte {
        case 0x20, 0x09: !isLast
        case UInt8(ascii: "="): false
        default: (0x21...0x7E).contains(byte)
        }
    }
}
