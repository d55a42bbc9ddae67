// SPDX-License-Identifier: Apache-2.0

/// The description of one key: its name, what it may hold, its default and its meaning.
///
/// Keys are stated as ``FleetConfiguration/Key`` at the properties that keep their values. ``all`` is collected from
/// there.
package struct ConfigurationKey: Sendable, Hashable {
    /// The key, with dots between its parts; `*` stands for the name of a backend, a project or a secret.
    package let path: String
    /// Type, unit and range in words.
    let words: String
    /// Whether the value must not be shown.
    let isSecret: Bool
    /// Whether the value is a list: a sequence in the file, separated by commas in the environment.
    let isList: Bool
    /// The default, written as it would be in the file; `nil` when there is none.
    package let fallback: String?
    /// Whether a worker can't start without it.
    let isRequired: Bool
    /// What it means, as a phrase.
    let meaning: String

    /// Every key there is, in the order in which the documentation lists them.
    package static var all: [ConfigurationKey] { ConfigurationSchema.fleet.keys }

    /// The row that the key has in the table of `docs/configuration.md`.
    package var documentationRow: String {
        let value = fallback.map { $0.isEmpty ? "none" : "`\($0)`" } ?? (isRequired ? "required" : "–")
        return "| `\(path)` | \(words) | \(value) | \(meaning) |"
    }
}

/// One key of one configuration: its full name, and where its value came from.
package struct ConfigurationPlace: Sendable, CustomStringConvertible {
    /// The parts of the name.
    let path: [String]
    /// `muster.yaml:12`, or the name of an environment variable; `nil` when nobody has set it.
    let source: String?

    /// The name with dots between its parts, for example `backends.lab-a.token`.
    package var description: String { path.joined(separator: ".") }

    /// What is wrong with it; to be shown after its name.
    package func fault(_ reason: String) -> ConfigurationFault {
        ConfigurationFault(key: description, source: source, reason: reason)
    }

    /// The same, if something is wrong with it.
    func fault(_ reason: String, if isWrong: Bool) -> [ConfigurationFault] { isWrong ? [fault(reason)] : [] }

    /// The environment variable of a key, for example `MUSTER_BACKENDS_LAB_A_TOKEN`: `MUSTER_`, then the key in capitals
    /// with every character but letters and digits turned into `_`.
    static func variable(_ path: [String]) -> String {
        "MUSTER_" + String(path.joined(separator: ".").uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}
