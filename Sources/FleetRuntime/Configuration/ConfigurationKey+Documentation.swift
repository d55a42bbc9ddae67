// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The row that the key has in the table of `docs/configuration.md`.
    public var documentationRow: String {
        let value = fallback.map { $0.isEmpty ? "none" : "`\($0)`" } ?? (isRequired ? "required" : "–")
        return "| `\(path)` | \(kind.words) | \(value) | \(meaning) |"
    }
}

extension ConfigurationKind {
    /// Type, unit and range in words.
    var words: String {
        switch self {
        case .text: "text"
        case .name: "name"
        case .project: "`group/project`"
        case .path: "path"
        case .url(let schemes, let secret):
            "URL, \(schemes.joined(separator: " or "))\(secret ? "; secret" : "")"
        case .secret: "text; secret"
        case .signingSecret: "`whsec_…`; secret"
        case .signingKey: "`whsk_…`; secret"
        case .integer(let range): "whole number, \(range.lowerBound) to \(range.upperBound)"
        case .bytes(let range): "bytes, \(range.lowerBound) to \(range.upperBound)"
        case .seconds(let range): "seconds, \(Self.plain(range))"
        case .milliseconds(let range): "milliseconds, \(range.lowerBound) to \(range.upperBound)"
        case .fraction: "number, 0 to 1"
        case .secondsList(let range): "list of seconds, \(Self.plain(range)) each"
        case .address: "mail address"
        case .addresses: "list of mail addresses"
        case .mailDomains: "list of mail domains"
        case .networks: "list of CIDRs"
        case .choice(let words): words.joined(separator: ", ")
        case .listen: "`host:port` or `off`"
        case .patterns: "list of regular expressions"
        case .projects: "list of `group/project`, `group/*` or `*`"
        }
    }

    /// A range without the `.0` of whole numbers.
    static func plain(_ range: ClosedRange<Double>) -> String {
        let text = { (number: Double) in number == number.rounded() ? "\(Int(number))" : "\(number)" }
        return "\(text(range.lowerBound)) to \(text(range.upperBound))"
    }
}
