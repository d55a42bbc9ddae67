// SPDX-License-Identifier: Apache-2.0

/// Which URLs may be called back: the `http` and `https` ones of RFC 3986, without a user and without a fragment.
///
/// The rule is about the text alone. Where the URL leads is checked when it is called, address by address.
package enum URLRule {
    /// What is wrong with `text`, or `nil` when nothing is.
    package static func complaint(about text: String, maximumBytes: Int) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count <= maximumBytes else { return "has \(bytes.count) bytes; the limit is \(maximumBytes)" }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "must be ASCII without white space; other characters need percent-encoding, or punycode in a host"
        }
        guard !text.contains(where: { "\"<>\\^`{|}".contains($0) }), percentSignsAreEscapes(bytes) else {
            return "has a character in it that needs percent-encoding"
        }
        let lowercased = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowercased.hasPrefix($0) }) else {
            return "must begin with http:// or https://"
        }
        guard !text.contains("#") else { return "must not have a fragment (#…)" }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { return "must not hold a user or a password; use a header" }
        return complaint(aboutAuthority: authority)
    }

    /// What of a refused URL may be shown: nothing when it may hold a password, and no query, which may hold a token.
    static func shown(_ text: String) -> String? {
        text.contains("@") ? nil : String(text.prefix { $0 != "?" && $0 != "#" })
    }

    private static func complaint(aboutAuthority authority: Substring) -> String? {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return "has an address without its closing bracket" }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return "has text between its host and its port" }
            host = authority[...end]
            port = rest.isEmpty ? nil : rest.dropFirst()
            let inner = host.dropFirst().dropLast()
            guard inner.contains(":"), inner.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                return "has something in brackets that is not an IPv6 address"
            }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { return "must name a host" }
        guard host.hasPrefix("[") || host.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else {
            return "has a host with a character that no host name has"
        }
        guard let port else { return nil }
        guard port.allSatisfy(\.isNumber), let number = UInt16(port), number > 0 else {
            return "has a port that is not a number from 1 to 65535"
        }
        return nil
    }

    private static func percentSignsAreEscapes(_ bytes: [UInt8]) -> Bool {
        bytes.indices.allSatisfy { index in
            guard bytes[index] == UInt8(ascii: "%") else { return true }
            let digits = bytes.dropFirst(index + 1).prefix(2)
            return digits.count == 2 && digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        }
    }
}
