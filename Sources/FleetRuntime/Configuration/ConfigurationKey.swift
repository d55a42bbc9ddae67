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

/// What a configuration may hold: all keys, and the sections whose parts have names of their own.
struct ConfigurationSchema: Sendable {
    /// The schema of ``FleetConfiguration``, collected by reading an empty configuration in which `*` stands for every name.
    static let fleet = ConfigurationReading.schema { _ = FleetConfiguration() }

    /// The keys, in the order in which they are stated.
    private(set) var keys: [ConfigurationKey] = []
    /// What names may be, by the path of the section that they stand in.
    private(set) var rules: [String: ConfigurationNameRule] = [:]
    private var byPath: [String: ConfigurationKey] = [:]

    /// The key at `path`, with `*` in place of names.
    func key(at path: String) -> ConfigurationKey? { byPath[path] }

    mutating func add(_ key: ConfigurationKey) {
        precondition(byPath[key.path] == nil, "a key of the configuration is stated twice")
        keys.append(key)
        byPath[key.path] = key
    }

    mutating func add(_ rule: ConfigurationNameRule, at path: String) { rules[path] = rule }
}

/// What the names in a section may be, such as those of labs.
struct ConfigurationNameRule: Sendable {
    /// What the section maps from.
    let subject: String
    /// What a name must be.
    let form: String
    /// Whether a text is such a name.
    let allows: @Sendable (String) -> Bool

    /// Letters, digits, `_`, `.` and `-`.
    static func plain(_ subject: String) -> Self {
        let form = "by letters, digits, \"_\", \".\" and \"-\", at most 63"
        return Self(subject: "the name of \(subject)", form: form, allows: isName)
    }

    /// `group/project`.
    static var project: Self {
        Self(subject: "group/project", form: "group/project, as a build names them", allows: isProject)
    }
}
