// SPDX-License-Identifier: Apache-2.0

import Foundation

extension ConfigurationValues {
    /// Variables that begin with `MUSTER_` and have a use other than configuration.
    private static let otherVariables = [
        "MUSTER_BUILD", "MUSTER_CONFIG", "MUSTER_FAULT", "MUSTER_HOME", "MUSTER_LAB_A_URL", "MUSTER_LAB_B_URL",
        "MUSTER_MUTANT", "MUSTER_RECEIVED", "MUSTER_RECEIVER_URL", "MUSTER_SERVER", "MUSTER_TOKEN",
    ]

    /// Warns of variables that look like configuration and are none: a name mistyped is a setting that isn't made.
    func warnOfUnknownVariables(names: [String: [String]]) {
        var known = Set(Self.otherVariables)
        for key in ConfigurationKey.all {
            known.formUnion(key.names(among: names).map { key.environmentName(of: $0) })
        }
        for name in environmentNames where !known.contains(name) && !name.hasPrefix("MUSTER_TEST_") {
            warn(ConfigurationFault(key: name, reason: "is a variable that Muster does not know"))
        }
    }

    /// Warns when a file with secrets in it can be read by every user of the machine.
    func warnOfReadableSecrets(in path: String, names: [String: [String]]) {
        let secrets = ConfigurationKey.all.filter(\.kind.isSecret)
        let holdsSecret = secrets.contains { key in
            key.names(among: names).contains { isInFile(key, $0) }
        }
        if holdsSecret, SecretFile(path: path).isReadableByOthers {
            warn(
                ConfigurationFault(
                    key: "",
                    source: path,
                    reason: "holds secrets, and every user of this machine can read it"
                )
            )
        }
    }
}

extension ConfigurationKey {
    /// The names that `*` stands for, of those that the file has in each section; a key without it has one, `nil`.
    fileprivate func names(among names: [String: [String]]) -> [String?] {
        guard let star = path.range(of: ".*") else { return [nil] }
        return names[String(path[..<star.lowerBound])] ?? []
    }
}
