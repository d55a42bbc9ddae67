// SPDX-License-Identifier: Apache-2.0

import Configuration
import Foundation

/// Reads the keys of the table, environment over file over default, and gathers what is wrong instead of stopping.
///
/// A reading that fails answers with a value of no meaning; nobody sees it, since faults keep the configuration
/// from being made.
final class ConfigurationValues {
    /// Where a value came from, the stronger first.
    enum Layer: Int {
        case environment
        case file
    }

    private(set) var faults: [ConfigurationFault]
    private(set) var warnings: [ConfigurationFault] = []
    private let file: ConfigurationFile
    private let folder: String
    private let environment: [String: String]
    private let reader: ConfigReader

    /// Values from `environment` over `file`, whose own faults come first; paths in it are relative to `folder`.
    init(file: ConfigurationFile, folder: String, environment: [String: String]) {
        self.file = file
        self.folder = folder
        self.environment = environment
        self.faults = file.faults
        // Lowercase, so that the provider's own splitting of camelCase doesn't rename a backend called `labA`.
        let variables = EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .all)
            .mapKeys { key in AbsoluteConfigKey(["muster"] + key.components.map { $0.lowercased() }) }
        self.reader = ConfigReader(providers: [variables, InMemoryProvider(name: file.name, values: file.values)])
    }

    // MARK: One value

    /// Text; the key must have a default or be required.
    func text(_ path: String, of backend: String? = nil) -> String { optionalText(path, of: backend) ?? "" }

    /// Text, or `nil` when the key is absent.
    func optionalText(_ path: String, of backend: String? = nil) -> String? {
        let key = known(path)
        guard let text = rawText(key, backend) else {
            if key.isRequired, key.fallback == nil { faultMissing(key, backend) }
            return key.fallback
        }
        guard let complaint = key.kind.complaint(about: text) else { return text }
        fault(key, backend, complaint)
        return nil
    }

    /// One of the words of a choice. The words of the key and those of the type are the same.
    func choice<Choice: RawRepresentable & CaseIterable>(_ path: String) -> Choice where Choice.RawValue == String {
        let text = text(path)
        guard let choice = Choice(rawValue: text) else {
            guard faults.isEmpty else { return Choice.allCases[Choice.allCases.startIndex] }
            preconditionFailure("\(path) may be \(text), and \(Choice.self) may not")
        }
        return choice
    }

    /// A whole number.
    func integer(_ path: String, of backend: String? = nil) -> Int { Int(text(path, of: backend)) ?? 0 }

    /// A number from 0 to 1.
    func fraction(_ path: String) -> Double { Double(text(path)) ?? 0 }

    /// A time, in the unit of its key.
    func duration(_ path: String, of backend: String? = nil) -> Duration {
        optionalDuration(path, of: backend) ?? .zero
    }

    /// A time, in the unit of its key, or `nil` when the key is absent.
    func optionalDuration(_ path: String, of backend: String? = nil) -> Duration? {
        guard let text = optionalText(path, of: backend), let number = Double(text) else { return nil }
        if case .milliseconds = known(path).kind { return .milliseconds(number) }
        return .seconds(number)
    }

    /// The path of a file, resolved from where it was named, or `nil` when the key is absent.
    func optionalPath(_ path: String, of backend: String? = nil) -> String? {
        guard let text = optionalText(path, of: backend) else { return nil }
        guard !text.hasPrefix("/") else { return text }
        return layer(of: known(path), backend) == .file ? "\(folder)/\(text)" : text
    }

    // MARK: Lists

    /// A list of texts.
    func texts(_ path: String, of backend: String? = nil) -> [String] {
        let key = known(path)
        guard let elements = reader.stringArray(forKey: configKey(key, backend), isSecret: key.kind.isSecret) else {
            return (key.fallback ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        for (index, element) in elements.enumerated() {
            if let complaint = key.kind.complaint(about: element) {
                fault(key, backend, "element \(index + 1) \(complaint)")
            }
        }
        return elements
    }

    /// A list of times in seconds.
    func durations(_ path: String) -> [Duration] { texts(path).compactMap { Double($0).map { .seconds($0) } } }

    // MARK: Secrets

    /// A secret that a worker can't do without.
    func secret(_ path: String, orFile alternative: String) -> Secret {
        optionalSecret(path, orFile: alternative) ?? Secret("")
    }

    /// A secret, given itself or as the file that holds it; the environment is asked for both before the file is.
    func optionalSecret(_ path: String, orFile alternative: String, of backend: String? = nil) -> Secret? {
        let key = known(path)
        let fileKey = known(alternative)
        switch (layer(of: key, backend), layer(of: fileKey, backend)) {
        case (nil, nil):
            if key.isRequired { faultMissing(key, backend) }
            return nil
        case (let direct?, let indirect?) where direct == indirect:
            fault(key, backend, "must not be given together with \(name(of: fileKey, backend))")
            return nil
        case (let direct?, let indirect) where indirect.map({ direct.rawValue < $0.rawValue }) ?? true:
            return optionalText(path, of: backend).map(Secret.init)
        default:
            return secretInFile(key, fileKey, backend)
        }
    }

    private func secretInFile(
        _ key: ConfigurationKey,
        _ fileKey: ConfigurationKey,
        _ backend: String?
    ) -> Secret? {
        guard let path = optionalPath(fileKey.path, of: backend) else { return nil }
        let file = SecretFile(path: path)
        switch file.read() {
        case .failure(let problem):
            fault(fileKey, backend, "names a file that \(problem.reason)")
            return nil
        case .success(let text):
            if file.isReadableByOthers {
                warn(fileKey, backend, "names a file that every user of this machine can read")
            }
            guard let complaint = key.kind.complaint(about: text) else { return Secret(text) }
            fault(fileKey, backend, "names a file whose content \(complaint)")
            return nil
        }
    }

    // MARK: Faults

    /// Adds a fault of the key at `path`, unless that key has one already.
    func fault(_ path: String, of backend: String? = nil, _ reason: String) { fault(known(path), backend, reason) }

    /// Adds a warning that belongs to no key.
    func warn(_ warning: ConfigurationFault) { warnings.append(warning) }

    /// Whether the environment or the file has the key.
    func layer(of key: ConfigurationKey, _ backend: String?) -> Layer? {
        if environment[key.environmentName(of: backend)] != nil { return .environment }
        return file.lines[components(of: key, backend)] == nil ? nil : .file
    }

    /// Whether the file itself has the key, read or overridden.
    func isInFile(_ key: ConfigurationKey, _ backend: String?) -> Bool {
        file.lines[components(of: key, backend)] != nil
    }

    /// The names of the variables that begin like ours, in order.
    var environmentNames: [String] { environment.keys.filter { $0.hasPrefix("MUSTER_") }.sorted() }

    private func fault(_ key: ConfigurationKey, _ backend: String?, _ reason: String) {
        let name = name(of: key, backend)
        guard !faults.contains(where: { $0.key == name }) else { return }
        faults.append(ConfigurationFault(key: name, source: source(of: key, backend), reason: reason))
    }

    private func warn(_ key: ConfigurationKey, _ backend: String?, _ reason: String) {
        let source = source(of: key, backend)
        warnings.append(ConfigurationFault(key: name(of: key, backend), source: source, reason: reason))
    }

    private func faultMissing(_ key: ConfigurationKey, _ backend: String?) {
        let ways =
            [key.environmentName(of: backend)]
            + (key.alternative.map { [$0.replacing("*", with: backend ?? "")] } ?? [])
        fault(key, backend, "is missing; it can also be given by \(ways.joined(separator: " or "))")
    }

    private func source(of key: ConfigurationKey, _ backend: String?) -> String? {
        switch layer(of: key, backend) {
        case .environment: key.environmentName(of: backend)
        case .file: file.lines[components(of: key, backend)].map { "\(file.name):\($0)" }
        case nil: nil
        }
    }

    // MARK: Keys

    private func rawText(_ key: ConfigurationKey, _ backend: String?) -> String? {
        reader.string(forKey: configKey(key, backend), isSecret: key.kind.isSecret)
    }

    private func known(_ path: String) -> ConfigurationKey {
        guard let key = ConfigurationKey.at(path) else { preconditionFailure("no such key in the table: \(path)") }
        return key
    }

    private func name(of key: ConfigurationKey, _ backend: String?) -> String {
        components(of: key, backend).joined(separator: ".")
    }

    private func configKey(_ key: ConfigurationKey, _ backend: String?) -> ConfigKey {
        ConfigKey(components(of: key, backend))
    }

    private func components(of key: ConfigurationKey, _ backend: String?) -> [String] {
        key.path.split(separator: ".").map { $0 == "*" ? backend ?? "*" : String($0) }
    }
}
