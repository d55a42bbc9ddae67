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

/// The domains that a jobset's document may have its report mailed to.
package struct MailDomains: Sendable, Hashable {
    /// Each `example.org`, `*.example.org` for every domain below it, or `*` for all.
    package let patterns: [String]

    /// Domains as given; what ``complaint(about:)`` has something to say about matches nothing.
    package init(_ patterns: [String]) { self.patterns = patterns.map { $0.lowercased() } }

    /// The domain of one address.
    package init(of address: MailAddress) { self.init([address.domain]) }

    /// Whether an address lies in one of them.
    package func contain(_ address: MailAddress) -> Bool {
        let domain = address.domain.lowercased()
        return patterns.contains { pattern in
            if pattern == "*" { return true }
            return pattern.hasPrefix("*.") ? domain.hasSuffix(pattern.dropFirst()) : domain == pattern
        }
    }

    /// What is wrong with one of them, or `nil` when nothing is.
    package static func complaint(about text: String) -> String? {
        if text == "*" { return nil }
        let domain = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        return MailAddress("any@\(domain)") == nil ? "must be a domain, *. and a domain, or *" : nil
    }
}

extension MailDomains: Codable {
    /// From the list of its patterns.
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([String].self))
    }

    /// As the list of its patterns.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(patterns)
    }
}
