// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
package import FleetStore
import Logging
import ServiceLifecycle

/// Ends its worker once the schema has become one that the worker does not know.
///
/// `muster migrate` runs while workers of the version before are at work. What a newer version stores may mean what they
/// can't know, so they stop: what they have in hand comes to its end first.
package struct SchemaWatch: EndsGracefully {
    let store: FleetStore
    /// How often the version is looked at.
    let interval: Duration
    let logger: Logger

    /// Looks until it is stopped.
    ///
    /// - Throws: `SchemaMismatch` when the schema is newer than this program.
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

extension SchemaMismatch: LastingFailure {
    /// An older schema is brought up to date by `muster migrate`; a newer one needs another program.
    package var isLasting: Bool { found > wanted }
}
