// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// A key of the configuration: its name in the section, what it may hold, its default and its meaning, stated once,
    /// at the property that keeps its value. The loader, the documentation and all checks use this statement.
    ///
    /// A key without a default is required, or its value is optional. A secret also gets a key `…_file` for the file that
    /// contains it.
    ///
    /// The value is read when the section is made, from the current reading (``ConfigurationScope``). The projected value
    /// (`$pollInterval`) is the key's full name and the place that its value came from.
    @propertyWrapper
    package struct Key<Value: Sendable>: Sendable {
        package var wrappedValue: Value
        package let projectedValue: ConfigurationPlace

        /// A key that has a default.
        init(_ name: String, _ kind: ConfigurationKind<Value>, default fallback: Value, _ meaning: String) {
            let (value, place) = ConfigurationScope.current.read(name, kind, default: fallback, meaning)
            wrappedValue = value ?? fallback
            projectedValue = place
        }

        /// A key that may be absent.
        init<Wrapped>(_ name: String, _ kind: ConfigurationKind<Wrapped>, _ meaning: String) where Value == Wrapped? {
            let (value, place) = ConfigurationScope.current.read(name, kind, meaning)
            wrappedValue = value
            projectedValue = place
        }

        /// A text without which nothing can start.
        init(_ name: String, required kind: ConfigurationKind<String>, _ meaning: String) where Value == String {
            let (value, place) = ConfigurationScope.current.read(name, kind, isRequired: true, meaning)
            wrappedValue = value ?? ""
            projectedValue = place
        }

        /// A word without which nothing can start; `fallback` is its value until that is told.
        init(
            _ name: String,
            required kind: ConfigurationKind<Value>,
            otherwise fallback: Value,
            _ meaning: String
        ) {
            let (value, place) = ConfigurationScope.current.read(name, kind, isRequired: true, meaning)
            wrappedValue = value ?? fallback
            projectedValue = place
        }

        /// A secret without which nothing can start.
        init(_ name: String, required kind: ConfigurationKind<Secret>, _ meaning: String) where Value == Secret {
            let (value, place) = ConfigurationScope.current.read(name, kind, isRequired: true, meaning)
            wrappedValue = value ?? Secret("")
            projectedValue = place
        }
    }

    /// A section of the configuration. Without a name, its keys belong to the section around it.
    @propertyWrapper
    package struct Section<Value: ConfigurationSection>: Sendable {
        package var wrappedValue: Value

        package init(wrappedValue make: @autoclosure () -> Value, _ name: String? = nil) {
            wrappedValue = ConfigurationScope.current.inside(name.map { [$0] } ?? [], make)
        }
    }

    /// Sections of the same type, one for each name in the file, such as one for each lab.
    @propertyWrapper
    package struct Sections<Value: ConfigurationSection>: Sendable {
        package var wrappedValue: [String: Value]

        /// Sections under `section`, each made with its name.
        init(_ section: String, named rule: ConfigurationNameRule, _ make: (_ name: String) -> Value) {
            wrappedValue = ConfigurationScope.current.named(section, rule, make)
        }
    }
}

/// Keys that belong together.
package protocol ConfigurationSection: Sendable {
    /// Errors that only several keys together can make. Read only if every key of the section is valid.
    var conflicts: [ConfigurationFault] { get }
    /// Warnings: settings that are allowed, but probably not meant.
    var cautions: [ConfigurationFault] { get }
}

extension ConfigurationSection {
    package var conflicts: [ConfigurationFault] { [] }
    package var cautions: [ConfigurationFault] { [] }
}
