// SPDX-License-Identifier: Apache-2.0

/// The section that is being made, and the reading that its keys take their values from.
///
/// It is a task-local value because keys are the default values of properties, and those take no parameters. This is what
/// allows a key to be stated in one place. Only this directory uses it.
struct ConfigurationScope: Sendable {
    /// The current scope. Outside a reading, every key has its default.
    @TaskLocal static var current: ConfigurationScope = ConfigurationScope(reading: ConfigurationReading())

    let reading: ConfigurationReading
    /// The path of the section.
    var path: [String] = []
    /// The same with `*` in place of the names that the file gives.
    var pattern: [String] = []

    /// Reads the key called `name` of this section; `nil` when it is absent or faulty.
    func read<Value>(
        _ name: String,
        _ kind: ConfigurationKind<Value>,
        default fallback: Value? = nil,
        isRequired: Bool = false,
        _ meaning: String
    ) -> (Value?, ConfigurationPlace) {
        let key = Self.key(pattern + [name], kind, fallback.map(kind.write), isRequired, meaning)
        reading.note(key)
        let place = reading.place(path + [name])
        guard kind.isSecret else { return (reading.value(kind, at: place, isRequired: isRequired), place) }
        let fileName = name + "_file"
        let fileMeaning = "a file that holds \(key.path)"
        reading.note(Self.key(pattern + [fileName], ConfigurationKind<String>.path, nil, false, fileMeaning))
        if reading.hides(path + [name], isRequired: isRequired) { return (nil, place) }
        let file = reading.place(path + [fileName])
        return (reading.secret(kind, at: place, orFile: file, isRequired: isRequired), place)
    }

    /// Makes the section at `path` below this one, and checks it.
    func inside<Value: ConfigurationSection>(
        _ path: [String],
        pattern: [String]? = nil,
        _ make: () -> Value
    ) -> Value {
        let inner = ConfigurationScope(
            reading: reading,
            path: self.path + path,
            pattern: self.pattern + (pattern ?? path)
        )
        let section = Self.$current.withValue(inner) { make() }
        reading.check(section, at: inner.path)
        return section
    }

    /// Makes a section for each name that the file has under `section`.
    func named<Value: ConfigurationSection>(
        _ section: String,
        _ rule: ConfigurationNameRule,
        _ make: (_ name: String) -> Value
    ) -> [String: Value] {
        reading.note(rule, at: pattern + [section])
        let names = reading.names(at: path + [section])
        for name in names { reading.remember([], at: path + [section, name]) }
        let sections = names.map { name in
            (name, inside([section, name], pattern: [section, "*"]) { make(name) })
        }
        return Dictionary(sections, uniquingKeysWith: { first, _ in first })
    }

    private static func key<Value>(
        _ path: [String],
        _ kind: ConfigurationKind<Value>,
        _ fallback: String?,
        _ isRequired: Bool,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path.joined(separator: "."),
            words: kind.words,
            isSecret: kind.isSecret,
            isList: kind.isList,
            fallback: fallback,
            isRequired: isRequired,
            meaning: meaning
        )
    }
}
