// SPDX-License-Identifier: Apache-2.0

import AMQP
package import FleetQueues
import Postgres

/// Lends a schema that is empty, and drops it with all that is in it then.
package func withSchema<Outcome: Sendable>(
    _ name: String,
    url: String? = nil,
    _ body: () async throws -> Outcome
) async throws -> Outcome {
    let configuration = try TestServers.databaseConfiguration(url)
    return try await PostgresClient.withClient(configuration: configuration, logger: quietLogger) { client in
        try await client.execute("create schema \(identifier: name)")
        return try await withCleanUp(body) {
            try await client.execute("drop schema \(identifier: name) cascade")
            // The dashboard's views of that fleet.
            try await client.execute("drop schema if exists \(identifier: name + "_dashboard") cascade")
        }
    }
}

/// Runs `body`, and deletes a fleet's queues and exchanges then.
package func withQueues<Outcome>(
    of topology: FleetTopology,
    _ body: () async throws -> Outcome
) async throws -> Outcome {
    try await withCleanUp(body) {
        let configuration = try AMQPConfiguration(url: TestServers.broker)
        try await AMQPSession.withSession(configuration: configuration, logger: quietLogger) { session in
            for queue in topology.topology.queues { _ = try await session.deleteQueue(queue.name) }
            for exchange in topology.topology.exchanges + topology.eventTopology.exchanges {
                try await session.deleteExchange(exchange.name)
            }
        }
    }
}
