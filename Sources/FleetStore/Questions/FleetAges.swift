// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// The oldest of everything that waits, each with how much there is of it.
package struct FleetAge: Sendable, Equatable, Decodable {
    /// What waits.
    package enum Kind: String, Sendable, Decodable, CaseIterable {
        /// A jobset that runs.
        case jobset
        /// A job that no lab has yet.
        case waitingJob = "waiting job"
        /// A lab job that has not finished.
        case labJob = "lab job"
        /// A finished lab job whose results are not stored.
        case unfetched = "results to fetch"
        /// A delivery that is due.
        case delivery
    }

    /// What waits.
    package let kind: Kind
    /// Where; `nil` for what is of no lab.
    package let backend: String?
    /// How much of it there is.
    package let count: Int
    /// Since when the oldest waits.
    package let since: Date

    /// An age as given.
    package init(kind: Kind, backend: String?, count: Int, since: Date) {
        self.kind = kind
        self.backend = backend
        self.count = count
        self.since = since
    }
}

/// Processes that have a connection with the database.
package struct SeenWorker: Sendable, Equatable, Decodable {
    /// What they call themselves: `muster-watcher` …
    package let name: String
    /// The address they come from; `nil` by a socket of the machine.
    package let address: String?
    /// How many connections they have.
    package let connections: Int
    /// When the oldest of these was made.
    package let since: Date

    package init(name: String, address: String?, connections: Int, since: Date) {
        self.name = name
        self.address = address
        self.connections = connections
        self.since = since
    }
}

/// A lab's watcher.
package struct WatcherLease: Sendable, Equatable, Decodable {
    package let backend: String
    /// Until when it is watched by the one that has it.
    package let expiresAt: Date

    /// A lease as given.
    package init(backend: String, expiresAt: Date) {
        self.backend = backend
        self.expiresAt = expiresAt
    }
}

extension FleetStore {
    /// The oldest of everything that waits, by kind and lab; what there is none of is left out.
    package func ages() async throws -> [FleetAge] {
        try await query(
            """
            select kind, backend, number as count, oldest_since as since
            from (\(unsafeSQL: DashboardView.ages.select)) as age order by kind, backend
            """
        ).decode(FleetAge.self)
    }

    /// Who has connections with this database, as far as they use the same user as this program: of others the
    /// database does not tell the name.
    package func seenWorkers(limit: Int) async throws -> [SeenWorker] {
        try await query(
            """
            select application_name as name, host(client_addr) as address, count(*) as connections,
                min(backend_start) as since
            from pg_stat_activity
            where datname = current_database() and usename = current_user and application_name like 'muster%'
            group by application_name, client_addr order by application_name, client_addr limit \(limit)
            """
        ).decode(SeenWorker.self)
    }

    /// Which labs are watched at present.
    package func watcherLeases() async throws -> [WatcherLease] {
        try await query(
            """
            select name as backend, lease_expires_at as expires_at from backend
            where holder is not null and lease_expires_at > now() order by name
            """
        ).decode(WatcherLease.self)
    }
}
