// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension FleetConfiguration {
    /// Where the configuration is looked for when nobody says where it is.
    public static let usualPlaces = ["./muster.yaml", "/etc/muster/muster.yaml"]

    /// The largest file that is read.
    private static let maximumFileBytes = 1_048_576

    /// Reads the configuration: environment over file over defaults.
    ///
    /// - Parameters:
    ///   - configFile: The file; otherwise `MUSTER_CONFIG` names it, otherwise the first of ``usualPlaces`` that is
    ///     there; without any file the environment alone must do.
    ///   - environment: The environment, `MUSTER_…` of which is read.
    /// - Throws: ``ConfigurationFaults`` with everything that is wrong.
    public static func load(
        configFile: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationFaults) -> FleetConfiguration {
        let named = configFile ?? environment["MUSTER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = named ?? usualPlaces.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            return try make(file: ConfigurationFile(), folder: ".", path: nil, environment: environment)
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
        return try make(file: file, folder: folder, path: path, environment: environment)
    }

    /// Reads the configuration from `text` as if it stood in a file called `name` in the working directory.
    public static func load(
        text: String,
        name: String = "muster.yaml",
        environment: [String: String] = [:]
    ) throws(ConfigurationFaults) -> FleetConfiguration {
        let file = ConfigurationFile(text: text, name: name)
        return try make(file: file, folder: ".", path: nil, environment: environment)
    }

    private static func make(
        file: ConfigurationFile,
        folder: String,
        path: String?,
        environment: [String: String]
    ) throws(ConfigurationFaults) -> FleetConfiguration {
        let values = ConfigurationValues(file: file, folder: folder.isEmpty ? "/" : folder, environment: environment)
        var configuration = FleetConfiguration(values, names: file.names)
        configuration.checkTogether(values)
        values.warnOfUnknownVariables(names: file.names)
        if let path { values.warnOfReadableSecrets(in: path, names: file.names) }
        guard values.faults.isEmpty else { throw ConfigurationFaults(values.faults) }
        configuration.warnings = values.warnings
        configuration.file = path
        return configuration
    }

    private init(_ values: ConfigurationValues, names: [String: [String]]) {
        broker = Broker(values)
        database = Database(values)
        backends = Dictionary(
            (names["backends"] ?? []).map { ($0, Backend(name: $0, values)) },
            uniquingKeysWith: { first, _ in first }
        )
        projects = Dictionary(
            (names["projects"] ?? []).map { ($0, Project(name: $0, values)) },
            uniquingKeysWith: { first, _ in first }
        )
        ingest = Ingest(values)
        submitter = Submitter(values)
        watcher = Watcher(values)
        notifier = Notifier(values)
        callback = Callback(values, secrets: names["callback.secrets"] ?? [])
        mail = Mail(values)
        gateway = Gateway(values)
        log = Log(values)
        metrics = Metrics(values)
        shutdownGrace = values.duration("shutdown_grace_seconds")
        warnings = []
        file = nil
    }

    /// What only two keys together can get wrong.
    private func checkTogether(_ values: ConfigurationValues) {
        guard values.faults.isEmpty else { return }
        if broker.heartbeat.components.attoseconds != 0 {
            values.fault("broker.heartbeat_seconds", "must be whole seconds")
        }
        if submitter.retryFirst > submitter.retryMaximum {
            values.fault("submitter.retry_first_seconds", "must not be more than submitter.retry_maximum_seconds")
        }
        if watcher.eventRetryFirst > watcher.eventRetryMaximum {
            values.fault(
                "watcher.event_retry_first_seconds",
                "must not be more than watcher.event_retry_maximum_seconds"
            )
        }
        if ingest.maximumDefinitionBytes > ingest.maximumDocumentBytes {
            values.fault("ingest.maximum_definition_bytes", "must not be more than ingest.maximum_document_bytes")
        }
        callback.checkTogether(values)
        mail.checkTogether(values)
        for (name, project) in projects where !project.mail.isEmpty && mail.url == nil {
            values.fault("projects.*.mail", of: name, "is of no use without mail.url")
        }
        checkNames(backends.keys, by: "backends.*.url", "backends", values)
        checkNames(callback.secrets.keys, by: "callback.secrets.*.secret", "secrets", values)
        checkNames(projects.keys, by: "projects.*.infrastructure_patterns", "projects", values)
    }
    /// Names that become the same variable of the environment can't both be meant by it.
    private func checkNames(
        _ names: some Collection<String>,
        by path: String,
        _ what: String,
        _ values: ConfigurationValues
    ) {
        let variables = Dictionary(grouping: names.sorted()) { name in
            ConfigurationKey.at(path)?.environmentName(of: name)
        }
        for case let names in variables.values where names.count > 1 {
            values.fault(
                path,
                of: names[0],
                "can't be told from that of \(names[1]) in the environment: rename one of the two \(what)"
            )
        }
    }
}
