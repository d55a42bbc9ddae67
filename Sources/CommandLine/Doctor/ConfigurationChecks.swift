// SPDX-License-Identifier: Apache-2.0

import FleetRuntime

/// Which configuration is in force, and what a person should know of it.
enum ConfigurationChecks {
    static func run(_ configuration: FleetConfiguration) -> [Finding] {
        let source = configuration.file ?? "the environment alone"
        let count = configuration.backends.count
        let found = "\(source), \(count) \(count == 1 ? "backend" : "backends")"
        let warnings = configuration.warnings.map { Finding.warning("configuration", "\($0)") }
        let signing: [Finding] =
            configuration.callback.keys.all.isEmpty
            ? [
                .warning(
                    "callback",
                    "is not signed",
                    advice: "set callback.secret_file, so that receivers can recognise forged callbacks"
                )
            ] : []
        return [.ok("configuration", found)] + warnings + signing
    }
}
