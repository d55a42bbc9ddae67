// SPDX-License-Identifier: Apache-2.0

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
