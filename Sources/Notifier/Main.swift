// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetRuntime

/// `muster-notifier`: delivers the report and the callback of every jobset that has finished.
@main
struct Main {
    static func main() async {
        let name = "muster-notifier"
        await WorkerMain.run(name: name, check: check) { configuration, logger in
            let parts = try FleetParts(name: name, configuration: configuration, logger: logger)
            let notifier = try NotifierServices(parts)
            try await parts.prepare(name: name)
            return parts.services + notifier.services
        }
    }

    /// Whether a start takes the configuration.
    private static func check(_ configuration: FleetConfiguration) throws(ConfigurationFaults) {
        try FleetConfiguration.checkClients(of: configuration)
        try NotifierServices.check(configuration)
    }
}
