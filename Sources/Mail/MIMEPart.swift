// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A part of a message: headers, an empty line, a body in ASCII.
struct MIMEPart {
    var headers: [String]
    var body: String

    /// The part with its headers.
    var rendered: String { headers.map { $0 + "\r\n" }.joined() + "\r\n" + body }

    /// Text for people, as quoted-printable.
    static func text(_ text: String, subtype: String) -> MIMEPart {
        MIMEPart(
            headers: ["Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: quoted-printable"],
            body: QuotedPrintable.encoded(text)
        )
    }

    /// Text for people that programs read as well: as it is if it is ASCII in lines that a server takes, else as
    /// quoted-printable.
    static func plainText(_ text: String) -> MIMEPart {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" || $0 == "\r" }
        guard
            lines.allSatisfy({ $0.utf8.count <= 998 && $0.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 } }
            )
        else { return .text(text, subtype: "plain") }
        // What stands behind the last line break is no line.
        let whole = lines.last?.isEmpty == true ? lines.dropLast() : lines
        return MIMEPart(
            headers: ["Content-Type: text/plain; charset=us-ascii", "Content-Transfer-Encoding: 7bit"],
            body: whole.map { "\($0)\r\n" }.joined()
        )
    }

    /// A file, as base64 in lines of 76 bytes.
    static func attachment(_ attachment: MailAttachment) -> MIMEPart {
        MIMEPart(
            headers: [
                "Content-Type: \(attachment.kind.rawValue)",
                "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment;\r\n \(fileName(attachment.name))",
            ],
            body: Data(attachment.text.utf8).base64EncodedString(options: [
                .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
            ]) + "\r\n"
        )
    }

    /// Parts inside one; the boundary begins with `=_`, which neither quoted-printable nor base64 can hold, and differs by
    /// `subtype`, for one multipart inside another.
    static func multipart(_ subtype: String, _ parts: [MIMEPart]) -> MIMEPart {
        let boundary = "=_muster_\(subtype)"
        return MIMEPart(
            headers: ["Content-Type: multipart/\(subtype); boundary=\"\(boundary)\""],
            body: parts.map { "--\(boundary)\r\n\($0.rendered)\r\n" }.joined() + "--\(boundary)--\r\n"
        )
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._".utf8.contains(byte)
        }
    }

    /// By RFC 2231, which leaves no character that a header could trip over.
    private static func fileName(_ name: String) -> String {
        let short = String(String.UnicodeScalarView(name.unicodeScalars.suffix(60)))
        let encoded = short.utf8.map { byte in
            isPlain(byte)
                ? String(UnicodeScalar(byte)) : "%" + QuotedPrintable.hexadecimal(byte)
        }
        return "filename*=UTF-8''" + encoded.joined()
    }
}

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
