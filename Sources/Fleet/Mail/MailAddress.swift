// SPDX-License-Identifier: Apache-2.0

/// One address as SMTP takes it: a plain `local@domain` in ASCII, so that it can stand in a header and in a command as it
/// is.
///
/// Its form is `dot-atom@domain` of RFC 5322, section 3.4.1: what needs quotes, and what needs SMTPUTF8, is refused.
package struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    /// The longest address, in bytes: RFC 5321's path of 256 with its angle brackets off.
    package static let maximumBytes = 254

    /// The whole of it.
    package let description: String

    /// What stands behind the `@`.
    package var domain: String { String(description.drop { $0 != "@" }.dropFirst()) }

    /// `nil` where ``complaint(about:)`` has something to say.
    package init?(_ text: String) {
        guard Self.complaint(about: text) == nil else { return nil }
        description = text
    }

    /// What is wrong with an address, without repeating it, or `nil` when nothing is.
    package static func complaint(about text: String) -> String? {
        guard !text.isEmpty else { return "is an address without a character" }
        guard text.utf8.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "is not an address of the form local@domain" }
        guard parts[0].count <= 64, isDotAtom(parts[0]) else { return "has a local part that an address can't have" }
        guard isDomain(parts[1]) else { return "has a domain that an address can't have" }
        return nil
    }

    /// RFC 5322's `dot-atom-text`: what needs no quotes.
    static func isDotAtom(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isDomain(_ bytes: some Collection<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != hyphen && label.reversed().first != hyphen
                && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension MailAddress: CodedAsText {
    package static let meaning = "a mail address"
}
