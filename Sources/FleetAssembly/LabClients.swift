// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import FleetRuntime
package import LAVA
import ServiceLifecycle

/// A client for each configured lab. They share nothing but the process: each lab has connections of its own.
package struct LabClients: Service {
    /// The clients, by the lab's name.
    package let byName: [String: LAVAClient]
    private let connections: [HTTPClient]

    /// Clients for all labs of `parts`.
    ///
    /// - Parameter recoveries: By the lab's name, what has its requests that hang through an outage sent again.
    package init(_ parts: FleetParts, recoveries: [String: LAVAClient.Recovery] = [:]) throws {
        let labs = try parts.configuration.labs()
        var clients: [String: LAVAClient] = [:]
        var connections: [HTTPClient] = []
        for lab in labs {
            let connection = try Self.connection(to: lab)
            connections.append(connection)
            clients[lab.name] = LAVAClient(
                lab: lab,
                httpClient: connection,
                logger: parts.logger,
                recovery: recoveries[lab.name]
            )
        }
        self.byName = clients
        self.connections = connections
    }

    private static func connection(to lab: LAVALab) throws -> HTTPClient {
        do {
            return try LAVAClient.makeHTTPClient(for: [lab])
        } catch {
            // Nothing but a file of authorities that is of no use stands in the way of a client.
            throw ConfigurationFaults([ConfigurationFault(key: "backends.\(lab.name).ca_file", reason: "\(error)")])
        }
    }

    /// Keeps the connections until whatever uses them has stopped.
    package func run() async throws {
        try? await gracefulShutdown()
        for connection in connections { try await connection.shutdown() }
    }
}
