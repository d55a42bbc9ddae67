// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// What came of asking for the lease on a lab.
package enum LeaseAnswer: Sendable, Equatable {
    /// It is ours, and was not before: whoever had it may have died on the way.
    case taken
    /// It is still ours.
    case kept
    /// Another watcher has it.
    case refused
}

/// From where a poll of a lab goes on.
package struct PollStart: Sendable, Equatable, Decodable {
    /// Everything that ended before this, by the lab's clock, has been seen; `nil` when nothing has been.
    package let seenUntil: Date?
    /// When the oldest attempt that the lab still has was begun; `nil` when it has none.
    package let oldestAttempt: Date?
}

extension FleetStore {
    /// Takes or keeps the lease on a lab: one watcher watches it, and another takes over when that one is gone.
    ///
    /// Two that believe to hold it do no harm: whatever a watcher writes may be written twice.
    package func holdLease(on backend: String, holder: UUID, lease: Duration) async throws -> LeaseAnswer {
        let rows = try await query(
            """
            update backend set holder = \(holder),
                lease_expires_at = now() + \(lease)
            from (select holder as was from backend where name = \(backend)) as before
            where name = \(backend)
                and (holder is null or holder = \(holder) or lease_expires_at is null or lease_expires_at < now())
            returning before.was is not distinct from \(holder)
            """
        )
        guard let row = rows.first else { return .refused }
        return try row.decode(Bool.self) ? .kept : .taken
    }

    /// Gives the lease back, so that another watcher need not wait for its end.
    package func releaseLease(on backend: String, holder: UUID) async throws {
        try await execute(
            "update backend set holder = null, lease_expires_at = null where name = \(backend) and holder = \(holder)"
        )
    }

    /// From where the next poll of a lab goes on.
    package func pollStart(of backend: String) async throws -> PollStart {
        let rows = try await query(
            """
            select seen_until, (
                select min(created_at) from attempt where backend = \(backend) and state = 'submitted'
            ) as oldest_attempt from backend where name = \(backend)
            """
        )
        guard let row = rows.first else { throw MissingRow(table: "backend", id: backend) }
        return try row.decode(PollStart.self)
    }

    /// Notes up to where, by the lab's clock, everything that ended has been seen and announced.
    package func advance(backend: String, seenUntil: Date) async throws {
        try await execute(
            "update backend set seen_until = greatest(seen_until, \(seenUntil)) where name = \(backend)"
        )
    }

    /// Takes back up to where everything has been seen: the lab's clock, by which that is told, was wrong.
    package func rewind(backend: String, to date: Date) async throws {
        try await execute(
            "update backend set seen_until = least(seen_until, \(date)) where name = \(backend)"
        )
    }

    /// Notes since when a lab's event stream is followed, or that it is not any more.
    package func recordEvents(of backend: String, areFollowed: Bool) async throws {
        try await execute(
            "update backend set events_since = case when \(areFollowed) then now() end where name = \(backend)"
        )
    }
}
