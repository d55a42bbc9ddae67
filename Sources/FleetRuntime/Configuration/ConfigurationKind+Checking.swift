// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

extension ConfigurationKind {
    /// What is wrong with `text` as one value of this kind (one element of a list), or `nil` when nothing is.
    ///
    /// The answer never repeats `text`, so it can be shown for secrets too.
    func complaint(about text: String) -> String? {
        if text.isEmpty { return "is empty" }
        if !StorableText.isStorable(text) { return "has a NUL character in it" }
        switch self {
        case .text, .path, .secret:
            return text.contains(where: \.isNewline) ? "has a line break in it" : nil
        case .name:
            return Self.isName(text) ? nil : "must be letters, digits, \"_\", \".\" and \"-\", at most 63 of them"
        case .project:
            return Self.isProject(text) ? nil : "must be group/project, as a build names them"
        case .url(let schemes, let secret):
            return Self.complaint(aboutURL: text, schemes: schemes, userAllowed: secret)
        case .signingSecret:
            return Self.isSigningSecret(text) ? nil : "must be whsec_ followed by base64 of 24 to 64 bytes"
        case .signingKey:
            return Self.isSigningKey(text) ? nil : "must be whsk_ followed by base64 of an ed25519 key, 32 or 64 bytes"
        case .integer(let range), .bytes(let range), .milliseconds(let range):
            guard let number = Int(text) else { return "must be a whole number" }
            return range.contains(number) ? nil : "must be from \(range.lowerBound) to \(range.upperBound)"
        case .seconds(let range), .secondsList(let range):
            guard let number = Double(text), number.isFinite else { return "must be a number of seconds" }
            return range.contains(number) ? nil : "must be from \(Self.plain(range)) seconds"
        case .fraction:
            guard let number = Double(text), (0...1).contains(number) else { return "must be a number from 0 to 1" }
            return nil
        case .address, .addresses:
            return MailAddress.complaint(about: text)
        case .mailDomains:
            return MailDomains.complaint(about: text)
        case .networks:
            return Network(text) == nil ? "must be a network such as 10.0.0.0/8 or fd00::/8" : nil
        case .choice(let words):
            return words.contains(text) ? nil : "must be one of \(words.joined(separator: ", "))"
        case .listen:
            return text == "off" || ListenAddress(text) != nil ? nil : "must be host:port, or off"
        case .patterns:
            return BoundedPattern(text) == nil ? "is not a regular expression" : nil
        case .projects:
            let isOne = text == "*" || Self.isProject(text.hasSuffix("/*") ? text.dropLast() + "any" : text)
            return isOne ? nil : "must be group/project, group/* or *"
        }
    }

    /// Whether `text` can be part of the name of a queue and of an environment variable.
    static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, text.utf8.count <= 63 else { return false }
        let isPlain = { (scalar: Unicode.Scalar) in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        }
        return isPlain(first) && text.unicodeScalars.allSatisfy { isPlain($0) || $0 == "_" || $0 == "." || $0 == "-" }
    }

    /// Whether `text` is a group and a project, as a build names them: `group/project`.
    static func isProject(_ text: String) -> Bool {
        text.utf8.count <= 201 && text.wholeMatch(of: /~?[a-zA-Z0-9][a-zA-Z0-9_.-]*\/[a-zA-Z0-9][a-zA-Z0-9_.-]*/) != nil
    }

    private static func complaint(aboutURL text: String, schemes: [String], userAllowed: Bool) -> String? {
        let wanted = schemes.map { "\($0)://" }.joined(separator: " or ")
        guard !text.contains(where: { $0.isWhitespace || $0.isNewline }) else { return "has white space in it" }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else {
            return "must be a URL that begins with \(wanted)"
        }
        guard schemes.contains(scheme) else { return "must begin with \(wanted)" }
        if !userAllowed {
            guard parts.user == nil, parts.password == nil else {
                return "must not hold a user or a password: they have keys of their own"
            }
            guard parts.fragment == nil, parts.query == nil else { return "must not have a query or a fragment" }
            guard let host = parts.host, !host.isEmpty else { return "must name a host" }
        }
        return nil
    }

    private static func isSigningKey(_ text: String) -> Bool {
        guard text.hasPrefix("whsk_"), let key = Data(base64Encoded: String(text.dropFirst(5))) else { return false }
        return [32, 64].contains(key.count)
    }

    private static func isSigningSecret(_ text: String) -> Bool {
        guard text.hasPrefix("whsec_"), let key = Data(base64Encoded: String(text.dropFirst(6))) else { return false }
        return (24...64).contains(key.count)
    }
}
