// SPDX-License-Identifier: Apache-2.0

import Configuration
import Foundation
import HTTPExchange
import Synchronization

/// One reading of the configuration: environment over file over default, and for secrets their own files before that. It collects all faults instead of stopping at
/// the first.
///
/// A key that can't be read gets a meaningless value. Nobody sees it, because a configuration with faults is not used.
final class ConfigurationReading: Sendable {
    /// Where a value came from, the stronger first.
    private enum Layer: Int {
        case environment
        case file
    }

    /// What the reading has come to.
    private struct Found {
        var faults: [ConfigurationFault]
        var warnings: [ConfigurationFault] = []
        var schema = ConfigurationSchema()
        var values: [String: Secret] = [:]
        /// The keys of secrets that are not read, and the sections that can't be judged without them.
        var hidden: Set<String> = []
        var unjudged: Set<String> = []
    }

    let file: ConfigurationFile
    /// The proxies that the environment names.
    let proxies: ProxyRules
    private let folder: String
    private let credentials: CredentialFiles
    private let environment: [String: String]
    private let reader: ConfigReader
    /// Which secrets are read.
    private let needs: SecretNeeds
    /// Whether the reading is for the schema alone.
    private let isForSchema: Bool
    private let found: Mutex<Found>

    /// Values from `environment` over `file`, whose own faults come first; paths in it are relative to `folder`.
    /// Secrets that neither has are looked for in `credentials`.
    init(
        file: ConfigurationFile = ConfigurationFile(),
        folder: String = ".",
        credentials: CredentialFiles = CredentialFiles(environment: [:], folder: nil),
        environment: [String: String] = [:],
        needs: SecretNeeds = .all,
        isForSchema: Bool = false
    ) {
        self.file = file
        self.folder = folder
        self.credentials = credentials
        self.environment = environment
        proxies = ProxyRules(environment: environment)
        self.needs = needs
        self.isForSchema = isForSchema
        found = Mutex(Found(faults: file.faults))
        // Lowercase, so that the provider's own splitting of camelCase doesn't rename a backend called `labA`.
        let variables = EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .all)
            .mapKeys { key in AbsoluteConfigKey(["muster"] + key.components.map { $0.lowercased() }) }
        reader = ConfigReader(providers: [variables, InMemoryProvider(name: file.name, values: file.values)])
    }

    /// Makes something from this reading.
    func make<Value>(_ make: () -> Value) -> Value {
        ConfigurationScope.$current.withValue(ConfigurationScope(reading: self)) { make() }
    }

    // MARK: Schema

    /// All that `make` asks for.
    static func schema(of make: () -> Void) -> ConfigurationSchema {
        let reading = ConfigurationReading(isForSchema: true)
        reading.make(make)
        return reading.found.withLock { $0.schema }
    }

    func note(_ key: ConfigurationKey) {
        if isForSchema { found.withLock { $0.schema.add(key) } }
    }

    func note(_ rule: ConfigurationNameRule, at path: [String]) {
        if isForSchema { found.withLock { $0.schema.add(rule, at: path.joined(separator: ".")) } }
    }

    /// The names that the file has in the section at `path`.
    func names(at path: [String]) -> [String] { isForSchema ? ["*"] : file.names[path.joined(separator: ".")] ?? [] }

    // MARK: Values

    /// The key at `path`, and where its value comes from.
    func place(_ path: [String]) -> ConfigurationPlace {
        let source: String? =
            switch layer(of: path) {
            case .environment: ConfigurationPlace.variable(path)
            case .file: file.source(of: path)
            case nil: nil
            }
        return ConfigurationPlace(path: path, source: source)
    }

    /// The value of the key at `place`, or `nil` when it is absent or faulty.
    func value<Value>(
        _ kind: ConfigurationKind<Value>,
        at place: ConfigurationPlace,
        isRequired: Bool = false
    ) -> Value? {
        let key = ConfigKey(place.path)
        let texts =
            kind.isList
            ? reader.stringArray(forKey: key, isSecret: kind.isSecret)
            : reader.string(forKey: key, isSecret: kind.isSecret).map { [$0] }
        guard let texts else {
            if isRequired { fault(place, Self.missing([ConfigurationPlace.variable(place.path)])) }
            return nil
        }
        remember(texts, at: place.path)
        do throws(ConfigurationComplaint) {
            return try kind.read(texts, layer(of: place.path) == .file ? folder : nil)
        } catch {
            fault(place, error.reason)
            return nil
        }
    }

    /// Whether the secret at a path is somebody else's to read. Nothing is said of it then.
    func hides(_ path: [String], isRequired: Bool) -> Bool {
        guard let section = path.first, !needs.contains(section) else { return false }
        found.withLock { found in
            found.hidden.insert(path.joined(separator: "."))
            if isRequired { found.unjudged.insert(path.dropLast().joined(separator: ".")) }
        }
        return true
    }

    /// A secret, given itself or as the file that holds it; the environment is asked for both before the file is.
    func secret<Value>(
        _ kind: ConfigurationKind<Value>,
        at place: ConfigurationPlace,
        orFile filePlace: ConfigurationPlace,
        isRequired: Bool
    ) -> Value? {
        switch (layer(of: place.path), layer(of: filePlace.path)) {
        case (nil, nil):
            if let file = credentials.file(of: place.path) {
                let source = ConfigurationPlace(path: place.path, source: file.path)
                return secret(kind, at: place, in: file, source, "stands in")
            }
            if isRequired { fault(place, Self.missing([ConfigurationPlace.variable(place.path), "\(filePlace)"])) }
            return nil
        case (let direct?, let indirect?) where direct == indirect:
            fault(place, "must not be given together with \(filePlace)")
            return nil
        case (let direct?, let indirect) where indirect.map({ direct.rawValue < $0.rawValue }) ?? true:
            return value(kind, at: place)
        default:
            return secretInFile(kind, at: place, filePlace)
        }
    }

    private func secretInFile<Value>(
        _ kind: ConfigurationKind<Value>,
        at secret: ConfigurationPlace,
        _ place: ConfigurationPlace
    ) -> Value? {
        guard let path = value(ConfigurationKind<String>.path, at: place) else { return nil }
        return self.secret(kind, at: secret, in: SecretFile(path: path), place, "names")
    }

    /// The secret called `key`, in a file to which the key at `place` has this relation: it `names` it, or `stands in` it.
    private func secret<Value>(
        _ kind: ConfigurationKind<Value>,
        at key: ConfigurationPlace,
        in file: SecretFile,
        _ place: ConfigurationPlace,
        _ relation: String
    ) -> Value? {
        switch file.read() {
        case .failure(let problem):
            fault(place, "\(relation) a file that \(problem.reason)")
            return nil
        case .success(let text):
            if file.isReadableByOthers {
                warn(place.fault("\(relation) a file that every user of this machine can read"))
            }
            do throws(ConfigurationComplaint) {
                remember([text], at: key.path)
                return try kind.read([text], nil)
            } catch {
                fault(place, "\(relation) a file whose content \(error.reason)")
                return nil
            }
        }
    }

    /// All that was given, by key, with nothing for each part that has a name of its own.
    var values: [String: Secret] { found.withLock { $0.values } }

    /// Notes what was given for a key.
    func remember(_ texts: [String], at path: [String]) {
        // No text has a NUL in it.
        let value = Secret(texts.joined(separator: "\0"))
        found.withLock { $0.values[path.joined(separator: ".")] = value }
    }

    private func layer(of path: [String]) -> Layer? {
        if environment[ConfigurationPlace.variable(path)] != nil { return .environment }
        return file.has(path) ? .file : nil
    }

    static func missing(_ ways: [String]) -> String {
        "is missing; it can also be given by \(ways.joined(separator: " or "))"
    }

    // MARK: Faults

    /// What is wrong; at most one fault a key.
    var faults: [ConfigurationFault] { found.withLock { $0.faults } }

    /// What a person should know all the same.
    var warnings: [ConfigurationFault] { found.withLock { $0.warnings } }

    /// The names of the variables that begin like ours, in order.
    var environmentNames: [String] { environment.keys.filter { $0.hasPrefix("MUSTER_") }.sorted() }

    /// Asks a section whether its keys go together, unless there is something wrong with one of them already.
    func check(_ section: some ConfigurationSection, at path: [String]) {
        let name = path.joined(separator: ".")
        let isFaulty = faults.contains { fault in
            name.isEmpty || fault.key.isEmpty || fault.key == name || fault.key.hasPrefix(name + ".")
        }
        let (hidden, isUnjudged) = found.withLock { ($0.hidden, $0.unjudged.contains(name)) }
        guard !isFaulty, !isUnjudged else { return }
        section.conflicts.filter { !hidden.contains($0.key) }.forEach(add)
        section.cautions.filter { !hidden.contains($0.key) }.forEach(warn)
    }

    /// Adds a warning.
    func warn(_ warning: ConfigurationFault) { found.withLock { $0.warnings.append(warning) } }

    /// Adds a fault, unless its key has one already.
    func add(_ fault: ConfigurationFault) {
        found.withLock { found in
            guard !found.faults.contains(where: { $0.key == fault.key }) else { return }
            found.faults.append(fault)
        }
    }

    private func fault(_ place: ConfigurationPlace, _ reason: String) { add(place.fault(reason)) }
}

extension ConfigurationReading {
    /// Variables that begin with `MUSTER_` and have a use other than configuration.
    private static let otherVariables = [
        "MUSTER_BUILD", "MUSTER_CONFIG", "MUSTER_FAULT", "MUSTER_HOME", "MUSTER_ID_TOKEN", "MUSTER_LAB_A_URL",
        "MUSTER_LAB_B_URL",
        "MUSTER_MUTANT", "MUSTER_RECEIVED", "MUSTER_RECEIVER_URL", "MUSTER_RELOADED_CREDENTIALS", "MUSTER_SERVER",
        "MUSTER_TOKEN",
    ]

    /// Refuses names that become the same variable of the environment: both can't be meant by it.
    func checkNames() {
        for (section, names) in file.names.sorted(by: { $0.key < $1.key }) {
            let path = section.split(separator: ".").map(String.init)
            let variables = Dictionary(grouping: names.sorted()) { ConfigurationPlace.variable(path + [$0]) }
            for names in variables.values.sorted(by: { $0[0] < $1[0] }) where names.count > 1 {
                let reason =
                    "can't be told from \(names[1]) in the environment: rename one of the two \(path.last ?? section)"
                add(place(path + [names[0]]).fault(reason))
            }
        }
    }

    /// Warns of variables that look like configuration and are none: a name mistyped is a setting that isn't made.
    func warnOfUnknownVariables() {
        let keys = ConfigurationSchema.fleet.keys.flatMap { file.paths(of: $0) }
        let known = Set(keys.map(ConfigurationPlace.variable) + Self.otherVariables)
        for name in environmentNames where !known.contains(name) && !name.hasPrefix("MUSTER_TEST_") {
            warn(ConfigurationFault(key: name, reason: "is a variable that Muster does not know"))
        }
    }

    /// Warns when a file with secrets in it can be read by every user of the machine.
    func warnOfReadableSecrets(in path: String) {
        let secrets = ConfigurationSchema.fleet.keys.filter(\.isSecret).flatMap { file.paths(of: $0) }
        if secrets.contains(where: file.has), SecretFile(path: path).isReadableByOthers {
            let reason = "holds secrets, and every user of this machine can read it"
            warn(ConfigurationFault(key: "", source: path, reason: reason))
        }
    }
}

extension ConfigurationFile {
    /// The names that a key has in this file: one for each name that `*` stands for.
    fileprivate func paths(of key: ConfigurationKey) -> [[String]] {
        key.path.split(separator: ".").reduce([[]]) { paths, part in
            guard part == "*" else { return paths.map { $0 + [String(part)] } }
            return paths.flatMap { path in names[path.joined(separator: "."), default: []].map { path + [$0] } }
        }
    }
}
