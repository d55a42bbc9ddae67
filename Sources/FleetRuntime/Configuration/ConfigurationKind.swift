// SPDX-License-Identifier: Apache-2.0

/// What a configuration key may hold. A value comes as text, from the file or the environment alike.
public enum ConfigurationKind: Sendable, Hashable {
    /// Any text that isn't empty.
    case text
    /// A name: letters, digits, `_`, `.` and `-`.
    case name
    /// A group and a project, as a build names them: `group/project`.
    case project
    /// A path to a file; relative to the folder of the configuration file, or to the working directory when it
    /// comes from the environment.
    case path
    /// A URL with one of these schemes; with a `secret` one, user and password may be part of it.
    case url(schemes: [String], secret: Bool)
    /// A mail address, `local@domain`.
    case address
    /// Mail addresses.
    case addresses
    /// Mail domains: `example.org`, `*.example.org` or `*`.
    case mailDomains
    /// A token or password.
    case secret
    /// `whsec_` and base64 of 24 to 64 bytes.
    case signingSecret
    /// `whsk_` and base64 of an ed25519 seed of 32 bytes, behind which its public key may stand.
    case signingKey
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// A number of bytes.
    case bytes(ClosedRange<Int>)
    /// A time in seconds, which may have a fraction.
    case seconds(ClosedRange<Double>)
    /// A time in whole milliseconds.
    case milliseconds(ClosedRange<Int>)
    /// A number from 0 to 1.
    case fraction
    /// Times in seconds, in order.
    case secondsList(ClosedRange<Double>)
    /// Networks as CIDRs.
    case networks
    /// One of these words.
    case choice([String])
    /// `host:port`, or `off`.
    case listen
    /// Regular expressions, as Swift's `Regex` reads them.
    case patterns
    /// Projects, each `group/project`, `group/*` or `*`.
    case projects

    /// Whether a value must not be shown.
    public var isSecret: Bool {
        switch self {
        case .secret, .signingSecret, .signingKey, .url(_, secret: true): true
        default: false
        }
    }

    /// Whether the value is a list: a sequence in the file, separated by commas in the environment.
    public var isList: Bool {
        switch self {
        case .secondsList, .networks, .patterns, .projects, .addresses, .mailDomains: true
        default: false
        }
    }
}
