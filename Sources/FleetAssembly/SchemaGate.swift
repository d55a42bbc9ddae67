// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
package import FleetStore
import Logging
import Postgres
import ServiceLifecycle

extension FleetParts {
    /// Waits for the database, refuses a schema that does not suit this program, and makes sure that every lab has its row.
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
                    try await store.requireSuitableSchema()
                    try await store.registerBackends(Array(configuration.backends.keys))
                }
            } catch let error as PostgresError where error.isConnectionLoss || error.isRetriable {
                logger.warning("the database can't be used yet", [.error: "\(error)"])
                try await Task.sleep(for: backoff.pause(afterAttempt: attempt))
            }
        }
    }
}

/// Ends its worker once the schema has lost what the worker uses.
///
/// `muster migrate` runs while workers of the version before are at work, and what it adds does not affect them. They stop when
/// `muster migrate --contract` has removed what only they use: what they have in hand comes to its end first.
package struct SchemaWatch: EndsGracefully {
    let store: FleetStore
    /// How often the version is looked at.
    let interval: Duration
    let logger: Logger

    /// Looks until it is stopped.
    ///
    /// - Throws: `SchemaMismatch` when this program can't work with the schema any more.
    package func run() async throws {
        let limit = interval * 2 + Liveness.turnLimit
        try await Liveness.ofProcess.watching("the look at the schema", limit: limit) { mark in
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                mark.turn()
                try? await cancelWhenGracefulShutdown {
                    try await Task.sleep(for: interval * Double.random(in: 0.9...1.1))
                }
                do {
                    try await store.requireKnownSchema()
                } catch let mismatch as SchemaMismatch {
                    throw mismatch
                } catch {
                    // Whoever needs the database says that it is away.
                    logger.debug("the schema's version can't be looked at", [.error: "\(error)"])
                }
            }
        }
    }
}

extension PostgresError: LastingFailure {
    /// What a server's answer shows to be configured wrongly, such as a pooler that nobody has told of.
    package var isLasting: Bool { code == .configuration }
}

extension SchemaMismatch: LastingFailure {
    /// An older schema is brought up to date by `muster migrate`; a newer one needs another program.
    package var isLasting: Bool { found > wanted }
}
