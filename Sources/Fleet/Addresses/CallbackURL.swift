// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The URL of a callback: an `http` or `https` one of RFC 3986, without a user and without a fragment.
///
/// What is accepted is dialled as it was given, byte for byte. So every character must be one that RFC 3986 allows in
/// its place: an HTTP client may encode any other anew, and the escapes beside it with it.
package struct CallbackURL: Sendable, Hashable {
    /// The URL as it was given.
    package let text: String
    /// The host, without the brackets of an IPv6 address.
    package let host: String
    /// The port, where the URL names one.
    package let port: Int?
    /// The address, where the URL names one in place of a name.
    package let address: IPAddress?
    /// Path and query as a request has them: a URL without a path asks for `/`.
    package let target: String

    /// What is wrong with a URL, as the rest of a sentence that begins with it.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }
    }

    /// Reads a URL.
    ///
    /// - Throws: ``Fault`` for the first thing that is wrong.
    package init(_ text: String, maximumBytes: Int = .max) throws(Fault) {
        let count = text.utf8.count
        guard count <= maximumBytes else { throw Fault("has \(count) bytes; the limit is \(maximumBytes)") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Fault(
                "must be ASCII without white space; other characters need percent-encoding, or punycode in a host"
            )
        }
        let lowercased = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowercased.hasPrefix($0) }) else {
            throw Fault("must begin with http:// or https://")
        }
        guard !text.contains("#") else { throw Fault("must not have a fragment (#…)") }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw Fault("must not hold a user or a password; use a header") }
        let rest = text.dropFirst(scheme.count + authority.count)
        try Self.check(rest.utf8)
        // A client that can't read a path as text asks for the root.
        guard rest.prefix(while: { $0 != "?" }).removingPercentEncoding != nil else {
            throw Fault("has escapes in its path that are not UTF-8")
        }
        let (host, port) = try Self.parts(of: authority)
        let address = IPAddress(String(host))
        guard address != nil || authority.first != "[" else {
            throw Fault("has something in brackets that is not an IPv6 address")
        }
        try Self.check(host: host, address)
        self.text = text
        self.host = String(host)
        self.port = try port.map(Self.number)
        self.address = address
        self.target = rest.hasPrefix("/") ? String(rest) : "/\(rest)"
    }

    /// What is wrong with `text`, or `nil` when nothing is.
    package static func complaint(about text: String, maximumBytes: Int) -> String? {
        do throws(Fault) {
            _ = try CallbackURL(text, maximumBytes: maximumBytes)
            return nil
        } catch {
            return error.description
        }
    }

    /// What of any URL may be shown: nothing when it may hold a password, and no query, which may hold a token.
    package static func shown(_ text: String) -> String? {
        text.contains("@") ? nil : String(text.prefix { $0 != "?" && $0 != "#" })
    }
}

extension CallbackURL {
    /// What stands in a path or a query unescaped: `pchar`, `/` and `?` of RFC 3986, sections 3.3 and 3.4.
    private static let plain = Set("-._~!$&'()*+,;=:@/?".utf8)

    private static func check(_ rest: Substring.UTF8View) throws(Fault) {
        var index = rest.startIndex
        while index < rest.endIndex {
            let byte = rest[index]
            if byte == UInt8(ascii: "%") {
                let digits = rest[index...].dropFirst().prefix(2)
                guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
                    throw Fault("has a % that begins no escape; write it as %25")
                }
            } else if !isAlphanumeric(byte), !plain.contains(byte) {
                let escape = String(byte, radix: 16, uppercase: true)
                throw Fault(
                    "has a \(Character(Unicode.Scalar(byte))) that needs percent-encoding; write it as %\(escape)"
                )
            }
            index = rest.index(after: index)
        }
    }

    /// The host, and what stands behind its colon.
    private static func parts(of authority: Substring) throws(Fault) -> (host: Substring, port: Substring?) {
        guard authority.hasPrefix("[") else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            let port = colon < authority.endIndex ? authority[colon...].dropFirst() : nil
            return (authority[..<colon], port)
        }
        guard let end = authority.firstIndex(of: "]") else {
            throw Fault("has an address without its closing bracket")
        }
        let rest = authority[end...].dropFirst()
        guard rest.isEmpty || rest.hasPrefix(":") else { throw Fault("has text between its host and its port") }
        return (authority[..<end].dropFirst(), rest.isEmpty ? nil : rest.dropFirst())
    }

    private static func check(host: Substring, _ address: IPAddress?) throws(Fault) {
        guard !host.isEmpty else { throw Fault("must name a host") }
        guard address == nil else { return }
        guard host.utf8.allSatisfy({ isAlphanumeric($0) || "-._".utf8.contains($0) }) else {
            throw Fault("has a host with a character that no host name has")
        }
        // No name ends in a number, but `inet_aton` takes such a text for an address: 127.1, 0x7f.0.0.1.
        let last = host.split(separator: ".").last ?? ""
        guard !last.allSatisfy(\.isNumber), !last.lowercased().hasPrefix("0x") else {
            throw Fault("has an IPv4 address that is not written as four decimal numbers")
        }
    }

    private static func number(_ port: Substring) throws(Fault) -> Int {
        guard !port.isEmpty, port.allSatisfy(\.isNumber), let number = UInt16(port), number > 0 else {
            throw Fault("has a port that is not a number from 1 to 65535")
        }
        guard !OtherPorts.contain(Int(number)) else {
            throw Fault("has port \(number), on which something other than HTTP listens")
        }
        return Int(number)
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

/// Ports on which something else than HTTP listens, which might take a callback's lines for orders of its own.
///
/// The list is the Fetch standard's (section "Port blocking"), which browsers keep to.
enum OtherPorts {
    private static let ports: Set<Int> = Set([
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
    ])

    /// Whether `port` is one of them.
    static func contain(_ port: Int) -> Bool { ports.contains(port) }
}
