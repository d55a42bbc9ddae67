// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import FleetStore
import Logging
import Postgres

extension FleetParts {
    /// Waits for the database, refuses a schema of another version, and makes sure that every lab has its row.
    ///
    /// A worker may start before its database does; it says so and goes on trying until it is stopped. A schema that
    /// does not fit is no outage, and ends the worker with what to do.
    ///
    /// - Throws: ``SchemaMismatch``.
    package func prepare(name: String) async throws {
        let backoff = Backoff(first: .milliseconds(200), maximum: .seconds(10))
        let postgres = try configuration.postgresConfiguration(name: name)
        if let weakness = postgres.weakness {
            logger.warning(
                "the connection to the database is not protected",
                [
                    .database: "\(postgres)", .weakness: "\(weakness)", .advice: "\(PostgresConfiguration.advice)",
                ]
            )
        }
        for attempt in 0... {
            // A database that is away is no start that hangs.
            ServiceManager.ofProcess.tell(.extendTimeout(.seconds(180)), .status("waiting for the database"))
            do {
                return try await PostgresClient.withClient(configuration: postgres, logger: logger) { client in
                    let store = FleetStore(client: client)
                    try await store.requireCurrentSchema()
                    try await store.registerBackends(Array(configuration.backends.keys))
                }
            } catch let error as PostgresError where error.isConnectionLoss || error.isRetriable {
                logger.warning("the database can't be used yet", [.error: "\(error)"])
                try await Task.sleep(for: backoff.pause(afterAttempt: attempt))
            }
        }
    }
}
