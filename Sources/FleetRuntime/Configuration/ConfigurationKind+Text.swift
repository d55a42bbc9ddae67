// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

extension ConfigurationKind where Value == String {
    /// Any text that isn't empty.
    static var text: Self { Self("text", complaint: lineBreak) }

    /// A name: letters, digits, `_`, `.` and `-`.
    static var name: Self {
        Self("name") { text in
            isName(text) ? nil : "must be letters, digits, \"_\", \".\" and \"-\", at most 63 of them"
        }
    }

    /// A group and a project, as a build names them.
    static var project: Self {
        Self("`group/project`") { isProject($0) ? nil : "must be group/project, as a build names them" }
    }

    /// A path to a file; relative to the folder of the configuration file, or to the working directory when it comes from
    /// the environment.
    static var path: Self {
        Self("path", write: \.self) { text, folder throws(ConfigurationComplaint) in
            if let reason = lineBreak(text) { throw ConfigurationComplaint(reason) }
            return folder.map { text.hasPrefix("/") ? text : "\($0)/\(text)" } ?? text
        }
    }

    /// A URL with one of these schemes, of a host, without user, password, query and fragment.
    static func url(_ schemes: String...) -> Self {
        Self("URL, \(schemes.joined(separator: " or "))") { complaint(aboutURL: $0, schemes, isPlain: true) }
    }

    /// A regular expression, as ``BoundedPattern`` reads it.
    static var pattern: Self {
        Self("regular expression") { BoundedPattern($0) == nil ? "is not a regular expression" : nil }
    }

    /// A day, such as `2026-12-31`.
    static var day: Self { Self("day, such as `2026-12-31`", complaint: KnownIssueWish.complaint(aboutDay:)) }

    /// A glob over names of environments, suites or tests.
    static var glob: Self { Self("glob", complaint: TestPattern.complaint(about:)) }

    /// A web address that people follow.
    static var link: Self { Self("URL, http or https", complaint: KnownIssueWish.complaint(aboutURL:)) }

    /// A network as a CIDR.
    static var network: Self {
        Self("CIDR") { Network($0) == nil ? "must be a network such as 10.0.0.0/8 or fd00::/8" : nil }
    }

    /// The name of a CI system in KernelCI's database: KCIDB's `origin`.
    static var kcidbOrigin: Self {
        Self("origin") { text in
            text.wholeMatch(of: /[a-z0-9_]{1,63}/) == nil
                ? "must be lower-case letters, digits and \"_\", at most 63 of them" : nil
        }
    }

    /// A value of a device tree's property `compatible`.
    static var compatible: Self {
        Self("text") { text in
            text.wholeMatch(of: /[!-+\--~]+(,[!-+\--~]+)*/) == nil
                ? "must be a value of a device tree's compatible, such as brcm,bcm2711" : nil
        }
    }

    /// A template for the subject of a mail.
    static var mailSubject: Self { Self("mustache template", complaint: MailSubject.complaint) }

    /// A line that ends a mail.
    static var mailTrailer: Self { Self("trailer", complaint: MailTrailer.complaint) }

    /// A mail domain: `example.org`, `*.example.org` or `*`.
    static var mailDomain: Self { Self("mail domain", complaint: MailDomains.complaint) }
}

extension ConfigurationKind where Value == MailAddress {
    /// A mail address, `local@domain`.
    static var address: Self {
        Self("mail address", write: \.description) { text, _ throws(ConfigurationComplaint) in
            guard let address = MailAddress(text) else {
                throw ConfigurationComplaint(MailAddress.complaint(about: text) ?? "is not a mail address")
            }
            return address
        }
    }
}

extension ConfigurationKind where Value == [String] {
    /// Texts such as names of suites.
    static var names: Self { Self("list of texts", of: .text) }
    /// Globs over names of environments or suites.
    static var globs: Self { Self("list of globs", of: .glob) }
    static var compatibles: Self { Self("list of texts", of: .compatible) }
    static var patterns: Self { Self("list of regular expressions", of: .pattern) }
    static var networks: Self { Self("list of CIDRs", of: .network) }
    static var addresses: Self {
        Self("list of mail addresses", of: ConfigurationKind<String>("mail address", complaint: MailAddress.complaint))
    }
    /// Mail domains.
    static var mailDomains: Self { Self("list of mail domains", of: .mailDomain) }
}

extension ConfigurationKind where Value == [ProjectScope] {
    /// Projects, each `group/project`, `group/*` or `*`.
    static var projects: Self {
        let forms = "`group/project`, `group/*` or `*`"
        let one = ConfigurationKind<ProjectScope>(
            forms,
            write: \.description,
            make: { ProjectScope($0) },
            otherwise: "must be group/project, group/* or *"
        )
        return Self("list of \(forms)", of: one)
    }
}

extension ConfigurationKind where Value == Secret {
    /// A token or password.
    static var secret: Self { Self(secret: "text", complaint: lineBreak) }

    /// A URL with one of these schemes, of which user and password may be part.
    static func secretURL(_ schemes: String...) -> Self {
        Self(secret: "URL, \(schemes.joined(separator: " or "))") { complaint(aboutURL: $0, schemes, isPlain: false) }
    }

    /// `whsec_` and base64 of 24 to 64 bytes.
    static var signingSecret: Self {
        Self(secret: "`whsec_…`") { text in
            isKey(text, "whsec_") { (24...64).contains($0) }
                ? nil : "must be whsec_ followed by base64 of 24 to 64 bytes"
        }
    }

    /// `whsk_` and base64 of an ed25519 seed of 32 bytes, behind which its public key may stand.
    static var signingKey: Self {
        Self(secret: "`whsk_…`") { text in
            isKey(text, "whsk_") { [32, 64].contains($0) }
                ? nil : "must be whsk_ followed by base64 of an ed25519 key, 32 or 64 bytes"
        }
    }
}

extension ConfigurationKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(words, write: \.rawValue, make: { Value(rawValue: $0) }, otherwise: "must be one of \(words)")
    }
}

extension ConfigurationKind where Value == Bool {
    /// `true` or `false`.
    static var flag: Self {
        Self("true, false", write: \.description, make: { Bool($0) }, otherwise: "must be one of true, false")
    }
}

extension ConfigurationKind where Value == ListenAddress? {
    /// `host:port`, or `off`.
    static var listen: Self {
        Self("`host:port` or `off`", write: { $0?.description ?? "off" }) { text, _ throws(ConfigurationComplaint) in
            guard text != "off" else { return nil }
            guard let address = ListenAddress(text) else { throw ConfigurationComplaint("must be host:port, or off") }
            return address
        }
    }
}

// MARK: What is wrong with a text

/// Whether `text` can be part of the name of a queue and of an environment variable.
func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, text.utf8.count <= 63 else { return false }
    let isPlain = { (scalar: Unicode.Scalar) in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }
    return isPlain(first) && text.unicodeScalars.allSatisfy { isPlain($0) || $0 == "_" || $0 == "." || $0 == "-" }
}

/// Whether `text` is a group and a project, as a build names them: `group/project`.
func isProject(_ text: String) -> Bool {
    text.utf8.count <= 201 && text.wholeMatch(of: /~?[a-zA-Z0-9][a-zA-Z0-9_.-]*\/[a-zA-Z0-9][a-zA-Z0-9_.-]*/) != nil
}

private func lineBreak(_ text: String) -> String? {
    text.contains(where: \.isNewline) ? "has a line break in it" : nil
}

private func complaint(aboutURL text: String, _ schemes: [String], isPlain: Bool) -> String? {
    let wanted = schemes.map { "\($0)://" }.joined(separator: " or ")
    guard !text.contains(where: { $0.isWhitespace || $0.isNewline }) else { return "has white space in it" }
    // A list of hosts is no URL by RFC 3986; whoever uses it says what is wrong with the rest.
    guard isPlain else {
        guard let end = text.range(of: "://")?.lowerBound else { return "must be a URL that begins with \(wanted)" }
        return schemes.contains(text[..<end].lowercased()) ? nil : "must begin with \(wanted)"
    }
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else {
        return "must be a URL that begins with \(wanted)"
    }
    guard schemes.contains(scheme) else { return "must begin with \(wanted)" }
    guard parts.user == nil, parts.password == nil else {
        return "must not hold a user or a password: they have keys of their own"
    }
    guard parts.fragment == nil, parts.query == nil else { return "must not have a query or a fragment" }
    guard let host = parts.host, !host.isEmpty else { return "must name a host" }
    return nil
}

private func isKey(_ text: String, _ prefix: String, ofLength isLength: (Int) -> Bool) -> Bool {
    guard text.hasPrefix(prefix), let key = Data(base64Encoded: String(text.dropFirst(prefix.count))) else {
        return false
    }
    return isLength(key.count)
}
