// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// What one process of the fleet at a time does.
package enum LeaseName: String, Sendable {
    /// Publishing events.
    case events
}

/// A process that dies keeps its lease until its end; then another takes it. Two that believe to hold one, after a process
/// stood still, must do no harm.
extension FleetStore {
    /// Takes or keeps a lease for `duration` from now on.
    ///
    /// - Returns: whether it is ours.
    package func holdLease(_ name: LeaseName, holder: UUID, for duration: Duration) async throws -> Bool {
        try await !query(
            """
            insert into lease (name, holder, expires_at) values (\(name.rawValue), \(holder), now() + \(duration))
            on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
                where lease.holder = excluded.holder or lease.expires_at < now()
            returning name
            """
        ).isEmpty
    }

    /// Gives a lease back, so that another need not wait for its end.
    package func releaseLease(_ name: LeaseName, holder: UUID) async throws {
        try await execute("delete from lease where name = \(name.rawValue) and holder = \(holder)")
    }
}
