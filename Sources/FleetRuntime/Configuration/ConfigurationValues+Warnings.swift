// SPDX-License-Identifier: Apache-2.0

extension ConfigurationValues {
    /// Variables that begin with `MUSTER_` and have a use other than configuration.
    private static let otherVariables = [
        "MUSTER_BUILD", "MUSTER_CONFIG", "MUSTER_FAULT", "MUSTER_HOME", "MUSTER_LAB_A_URL", "MUSTER_LAB_B_URL",
        "MUSTER_RECEIVED", "MUSTER_RECEIVER_URL",
    ]

    /// Warns of variables that look like configuration and are none: a name mistyped is a setting that isn't made.
    func warnOfUnknownVariables(backendNames: [String]) {
        var known = Set(Self.otherVariables)
        for key in ConfigurationKey.all {
            if key.path.contains("*") {
                known.formUnion(backendNames.map { key.environmentName(backend: $0) })
            } else {
                known.insert(key.environmentName())
            }
        }
        for name in environmentNames where !known.contains(name) && !name.hasPrefix("MUSTER_TEST_") {
            warn(ConfigurationFault(key: name, reason: "is a variable that Muster does not know"))
        }
    }

    /// Warns when a file with secrets in it can be read by every user of the machine.
    func warnOfReadableSecrets(in path: String, backendNames: [String]) {
        let secrets = ConfigurationKey.all.filter(\.kind.isSecret)
        let holdsSecret = secrets.contains { key in
            let backends: [String?] = key.path.contains("*") ? backendNames : [nil]
            return backends.contains { isInFile(key, $0) }
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
