// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Everything that a worker may need to know before it starts, read once and validated as a whole.
///
/// Get one from ``load(configFile:environment:)``. Each section states its keys; `docs/configuration.md` has them all
/// with type, unit, default and meaning, and a test keeps that page and ``ConfigurationKey/all`` the same.
package struct FleetConfiguration: ConfigurationSection {
    @Section("broker") package var broker = Broker()
    @Section("database") package var database = Database()
    @Sections("backends", named: .plain("a lab"), Backend.init) package var backends: [String: Backend]
    @Section("ingest") package var ingest = Ingest()
    @Section("submitter") package var submitter = Submitter()
    @Section("watcher") package var watcher = Watcher()
    @Section("notifier") package var notifier = Notifier()
    @Section("callback") package var callback = Callback()
    @Section("events") package var events = Events()
    @Section("mail") package var mail = Mail()
    @Section("gateway") package var gateway = Gateway()
    @Section("retention") var retention = RetentionSection()
    @Sections("projects", named: .project, Project.init) package var projects: [String: Project]
    @Section("log") package var log = Log()
    @Section("metrics") package var metrics = Metrics()
    @Section("tracing") package var tracing = Tracing()

    @Key(
        "shutdown_grace_seconds",
        .seconds(0...3_600),
        default: .seconds(30),
        "how long a worker can take to finish its work in hand when it is asked to stop"
    )
    package var shutdownGrace: Duration

    /// What a person should know although the worker can start: a readable secret, a mistyped variable.
    package internal(set) var warnings: [ConfigurationFault] = []
    /// The file that was read, or `nil` when there was none.
    package internal(set) var file: String?
    /// All that was given, by key, to be compared with another reading.
    var values: [String: Secret] = [:]

    init() {
        let usual = watcher.pollInterval
        for name in backends.keys { backends[name]?.usualPollInterval = usual }
    }

    package var conflicts: [ConfigurationFault] {
        projects.sorted { $0.key < $1.key }.flatMap { _, project in
            project.$mail.fault("is of no use without mail.url", if: mail.url == nil && !project.mail.isEmpty)
                + project.$mailCC.fault("is of no use without mail.url", if: mail.url == nil && !project.mailCC.isEmpty)
                + project.$digest.fault("is of no use without mail.url", if: mail.url == nil && !project.digest.isEmpty)
                + project.receiverFaults(hasMail: mail.url != nil) + project.secretFaults(callback)
        }
    }

    /// The labs whose jobs somebody else runs.
    package var externalBackends: Set<String> {
        Set(backends.values.lazy.filter { $0.type == .external }.map(\.name))
    }

    static let day = 86_400.0
    static let mebibyte = 1_048_576
}

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

extension FleetConfiguration {
    /// Where the configuration is looked for when nobody says where it is.
    package static let usualPlaces = ["./muster.yaml", "/etc/muster/muster.yaml"]

    /// The largest file that is read.
    private static let maximumFileBytes = 1_048_576

    /// Reads the configuration: environment over file over defaults.
    ///
    /// - Parameters:
    ///   - configFile: The file; otherwise `MUSTER_CONFIG` names it, otherwise the first of ``usualPlaces`` that is
    ///     there; without any file the environment alone must do.
    ///   - environment: The environment, `MUSTER_…` of which is read.
    ///   - secrets: Those that are read; others are nil.
    /// - Throws: ``ConfigurationFaults`` with everything that is wrong.
    package static func load(
        configFile: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        secrets: SecretNeeds = .all
    ) throws(ConfigurationFaults) -> FleetConfiguration {
        let named = configFile ?? environment["MUSTER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = named ?? usualPlaces.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            return try make(
                file: ConfigurationFile(),
                folder: ".",
                path: nil,
                environment: environment,
                secrets: secrets
            )
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            let reason = FileManager.default.fileExists(atPath: path) ? "can't be read" : "does not exist"
            throw ConfigurationFaults([ConfigurationFault(key: "", source: path, reason: reason)])
        }
        guard data.count <= maximumFileBytes, let text = String(data: data, encoding: .utf8) else {
            let reason = data.count > maximumFileBytes ? "is larger than 1 MiB" : "is not UTF-8"
            throw ConfigurationFaults([ConfigurationFault(key: "", source: path, reason: reason)])
        }
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        let file = ConfigurationFile(text: text, name: path)
        return try make(file: file, folder: folder, path: path, environment: environment, secrets: secrets)
    }

    /// Reads the configuration from `text` as if it stood in a file called `name` in the working directory.
    package static func load(
        text: String,
        name: String = "muster.yaml",
        environment: [String: String] = [:],
        secrets: SecretNeeds = .all
    ) throws(ConfigurationFaults) -> FleetConfiguration {
        let file = ConfigurationFile(text: text, name: name)
        return try make(file: file, folder: ".", path: nil, environment: environment, secrets: secrets)
    }

    private static func make(
        file: ConfigurationFile,
        folder: String,
        path: String?,
        environment: [String: String],
        secrets: SecretNeeds
    ) throws(ConfigurationFaults) -> FleetConfiguration {
        let reading = ConfigurationReading(
            file: file,
            folder: folder.isEmpty ? "/" : folder,
            credentials: CredentialFiles(environment: environment, folder: path == nil ? nil : folder),
            environment: environment,
            needs: secrets
        )
        var configuration = reading.make { FleetConfiguration() }
        reading.check(configuration, at: [])
        reading.checkNames()
        reading.warnOfUnknownVariables()
        if let path { reading.warnOfReadableSecrets(in: path) }
        guard reading.faults.isEmpty else { throw ConfigurationFaults(reading.faults) }
        configuration.warnings = reading.warnings
        configuration.values = reading.values
        configuration.file = path
        return configuration
    }
}
