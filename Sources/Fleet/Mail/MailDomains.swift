// SPDX-License-Identifier: Apache-2.0

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
