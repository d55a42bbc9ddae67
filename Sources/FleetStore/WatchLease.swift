// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Postgres

/// What the holder of a lab's lease starts from.
public struct WatchLease: Sendable {
    /// Everything that ended before this, by the lab's clock, has been seen; `nil` when nothing has been.
    public let seenUntil: Date?
    /// When the oldest attempt that the lab still has was begun; `nil` when it has none.
    public let oldestAttempt: Date?
}

extension FleetStore {
    /// Takes or keeps the lease on a lab: one watcher polls it, and another takes over when that one is gone.
    ///
    /// - Returns: `nil` when another watcher has it.
    public func holdLease(on backend: String, holder: UUID, lease: Duration) async throws -> WatchLease? {
        let rows = try await client.query(
            """
            update backend set holder = \(holder),
                lease_expires_at = now() + make_interval(secs => \(lease.seconds))
            where name = \(backend)
                and (holder is null or holder = \(holder) or lease_expires_at is null or lease_expires_at < now())
            returning seen_until, (
                select min(created_at) from attempt where backend = \(backend) and state = 'submitted'
            )
            """,
            idempotent: true
        )
        return try rows.first.map { row in
            let (seenUntil, oldest) = try row.decode(Date?.self, Date?.self)
            return WatchLease(seenUntil: seenUntil, oldestAttempt: oldest)
        }
    }

    /// Gives the lease back, so that another watcher need not wait for its end.
    public func releaseLease(on backend: String, holder: UUID) async throws {
        try await client.execute(
            "update backend set holder = null, lease_expires_at = null where name = \(backend) and holder = \(holder)",
            idempotent: true
        )
    }

    /// Notes up to where, by the lab's clock, everything that ended has been seen and announced.
    public func advance(backend: String, seenUntil: Date) async throws {
        try await client.execute(
            "update backend set seen_until = greatest(seen_until, \(seenUntil)) where name = \(backend)",
            idempotent: true
        )
    }
}
