// SPDX-License-Identifier: Apache-2.0

import ExternalLabs
package import FleetRuntime
package import FleetStore
import LAVALabs
package import Labs
package import Logging
import ServiceLifecycle

/// All configured labs. They share nothing but the process: each has connections of its own.
package struct LabClients: Service {
    /// The labs, by name.
    package let byName: [String: any Lab]

    /// The labs of `parts`.
    ///
    /// - Parameter recoveries: By the lab's name, what has its requests that hang through an outage sent again.
    /// - Throws: `ConfigurationFaults` that name the key.
    package init(_ parts: FleetParts, recoveries: [String: LabRecovery] = [:]) throws {
        byName = try parts.configuration.backends.mapValues { backend in
            try backend.lab(store: parts.store, recovery: recoveries[backend.name], logger: parts.logger)
        }
    }

    /// Keeps the connections until whatever uses them has stopped.
    package func run() async throws {
        try? await gracefulShutdown()
        for lab in byName.values { try await lab.shutdown() }
    }
}

extension FleetConfiguration.Backend {
    /// The lab that this section describes.
    ///
    /// - Parameters:
    ///   - store: Where labs keep their jobs that have no place of their own.
    ///   - recovery: Has requests that hang through an outage sent again.
    /// - Throws: `ConfigurationFaults` that name the key.
    package func lab(
        store: FleetStore,
        recovery: LabRecovery? = nil,
        logger: Logger
    ) throws -> any Lab {
        switch type {
        case .lava: try server(recovery: recovery, logger: logger)
        case .external: ExternalLab(name: name, store: store)
        }
    }

    /// The server that this section describes, which is one for every type but `external`.
    ///
    /// - Parameters:
    ///   - recovery: Has requests that hang through an outage sent again.
    ///   - limit: The most that a request may take, where that is less than the configuration says.
    /// - Throws: `ConfigurationFaults` that name the key.
    package func server(recovery: LabRecovery? = nil, limit: Duration? = nil, logger: Logger) throws -> any Lab {
        try LAVAServer(self, recovery: recovery, limit: limit, logger: logger)
    }
}
