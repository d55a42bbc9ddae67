// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

/// Removes what stands in the audit for longer than it is kept, permits of documents that never came in, and tokens of
/// identities that have ended.
struct AuditUpkeep: Service {
    let store: FleetStore
    /// How long it is kept.
    let kept: Duration
    let logger: Logger

    private static let interval = Duration.seconds(3_600)
    /// How many rows one statement removes: few enough to hold up nobody.
    private static let batch = 1_000

    func run() async throws {
        await repeatUntilShutdown(every: Self.interval, logger: logger, "the upkeep of the audit") {
            while !Task.isShuttingDownGracefully,
                try await store.removeAudit(olderThan: kept, limit: Self.batch) == Self.batch
            {}
            try await store.removePermits(olderThan: kept)
            while !Task.isShuttingDownGracefully,
                try await store.removeExpiredIdentityTokens(limit: Self.batch) == Self.batch
            {}
        }
    }
}
