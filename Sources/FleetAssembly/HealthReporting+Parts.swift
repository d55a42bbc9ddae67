// SPDX-License-Identifier: Apache-2.0

package import FleetQueues
package import FleetRuntime
package import Postgres

/// What has to hold for a worker to be ready: it reaches its database and its broker, and takes messages.
extension FleetPublisher: HealthReporting {
    /// The connection that publishes.
    package var healthChecks: [HealthCheck] {
        [HealthCheck("broker") { guard isConnected else { throw NotReady(reason: "no connection to the broker") } }]
    }
}

extension QueueWorker: HealthReporting {
    /// The subscription to the worker's queue.
    package var healthChecks: [HealthCheck] {
        [
            HealthCheck("queue \(queue)") {
                guard isConsuming else { throw NotReady(reason: "not subscribed to \(queue)") }
            }
        ]
    }
}

extension ReplyConsumer: HealthReporting {
    /// The subscription to the queue of answers.
    package var healthChecks: [HealthCheck] {
        [HealthCheck("answers") { guard self.isConnected else { throw NotReady(reason: "no queue for answers") } }]
    }
}

extension PostgresClient: HealthReporting {
    /// Whether the server takes writes: a standby, which takes none, answers everything else.
    package var healthChecks: [HealthCheck] {
        [
            HealthCheck("database") {
                let isReadOnly = try await self.query(
                    "select current_setting('transaction_read_only')::boolean",
                    idempotent: true
                ).one().decode(Bool.self)
                guard !isReadOnly else {
                    throw NotReady(reason: "the database takes no writes: it is a standby, or set to read-only")
                }
            }
        ]
    }
}

/// A part of a worker can't do its work at present.
private struct NotReady: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
