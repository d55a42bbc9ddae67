// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetRuntime

/// `muster-gateway`: the fleet over HTTP. One more client of the queue, and one more reader of the database.
@main
struct Main {
    static func main() async {
        let name = "muster-gateway"
        MemoryReturn.configure()
        await WorkerMain.run(name: name, check: FleetConfiguration.checkClients(of:)) { configuration, logger in
            let parts = try FleetParts(name: name, configuration: configuration, logger: logger, needsBroker: false)
            let services = try GatewayServices(parts)
            try await parts.prepare(name: name)
            return parts.services + services.services
        }
    }
}
