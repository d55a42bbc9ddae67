// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Text of others in a header, by RFC 2047; it can neither end its line nor begin another header.
enum HeaderText {
    private static let lineBytes = 76
    /// Bytes of text in one encoded word: 60 of base64, with `=?UTF-8?B?` and `?=` 72 of the 75 that are allowed.
    private static let wordBytes = 45

    /// `text` as it is where plain ASCII does and the line has room after `used` bytes, else in encoded words, one a line.
    static func encoded(_ text: String, after used: Int) -> String {
        let line = cleaned(text)
        return isPlain(line) && used + line.utf8.count <= lineBytes ? line : words(line)
    }

    /// `text` in plain ASCII, folded at spaces where a line has no room left after `used` bytes: RFC 5322, section 2.2.3.
    /// What is not ASCII becomes `?`; nothing of it can be read as an encoded word.
    static func folded(_ text: String, after used: Int) -> String {
        let line = cleaned(text).unicodeScalars.map { $0.isASCII ? String($0) : "?" }.joined()
            .replacing("=?", with: "= ?")
        var result = ""
        var column = used
        for word in line.split(separator: " ") {
            if result.isEmpty {
                result += word
            } else if column + 1 + word.utf8.count <= lineBytes {
                result += " \(word)"
                column += 1
            } else {
                result += "\r\n \(word)"
                column = 1
            }
            column += word.utf8.count
        }
        return result
    }

    /// `text` as a name beside an address: always in encoded words, which need no quotes.
    static func phrase(_ text: String) -> String { words(cleaned(text)) }

    /// The same as it is, in quotes, where it is plain ASCII.
    static func plainPhrase(_ text: String) -> String {
        let line = cleaned(text)
        let isQuotable = line.utf8.allSatisfy { (0x20...0x7E).contains($0) && !"\"\\".utf8.contains($0) }
        return isQuotable && line.utf8.count <= 60 && !line.contains("=?") ? "\"\(line)\"" : words(line)
    }

    /// `text` with a space for whatever breaks or controls a line.
    static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case ..<0x20, 0x7F...0x9F, 0x2028, 0x2029: scalars.append(" ")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    private static func isPlain(_ line: String) -> Bool {
        line.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !line.contains("=?") && line.first != " "
            && line.last != " "
    }

    /// No word holds part of a character: RFC 2047, section 5.
    private static func words(_ line: String) -> String {
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in line.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > wordBytes {
                words.append(encodedWord(word))
                word = []
            }
            word += bytes
        }
        if !word.isEmpty { words.append(encodedWord(word)) }
        return words.joined(separator: "\r\n ")
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String { "=?UTF-8?B?\(Data(bytes).base64EncodedString())?=" }
}

/// Times as RFC 5322 has them: `Thu, 26 Nov 2026 13:47:44 +0000`.
enum MailDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute, .second], from: date)
        let time = [parts.hour, parts.minute, parts.second].map { digits($0 ?? 0) }.joined(separator: ":")
        let day = days[((parts.weekday ?? 1) - 1) % days.count]
        let month = months[((parts.month ?? 1) - 1) % months.count]
        return "\(day), \(parts.day ?? 1) \(month) \(parts.year ?? 1970) \(time) +0000"
    }

    private static func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
