// SPDX-License-Identifier: Apache-2.0

import Foundation

extension ConfigurationReading {
    /// Variables that begin with `MUSTER_` and have a use other than configuration.
    private static let otherVariables = [
        "MUSTER_BUILD", "MUSTER_CONFIG", "MUSTER_FAULT", "MUSTER_HOME", "MUSTER_ID_TOKEN", "MUSTER_LAB_A_URL",
        "MUSTER_LAB_B_URL",
        "MUSTER_MUTANT", "MUSTER_RECEIVED", "MUSTER_RECEIVER_URL", "MUSTER_SERVER", "MUSTER_TOKEN",
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
