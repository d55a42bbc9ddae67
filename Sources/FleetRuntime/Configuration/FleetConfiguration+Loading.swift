// SPDX-License-Identifier: Apache-2.0

import Foundation

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
    /// - Throws: ``ConfigurationFaults`` with everything that is wrong.
    package static func load(
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
    package static func load(
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
        let reading = ConfigurationReading(
            file: file,
            folder: folder.isEmpty ? "/" : folder,
            credentials: CredentialFiles(environment: environment, folder: path == nil ? nil : folder),
            environment: environment
        )
        var configuration = reading.make { FleetConfiguration() }
        reading.check(configuration, at: [])
        reading.checkNames()
        reading.warnOfUnknownVariables()
        if let path { reading.warnOfReadableSecrets(in: path) }
        guard reading.faults.isEmpty else { throw ConfigurationFaults(reading.faults) }
        configuration.warnings = reading.warnings
        configuration.file = path
        return configuration
    }
}
