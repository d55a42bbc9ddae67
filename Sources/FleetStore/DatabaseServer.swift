// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres

/// What the database says of itself, for whoever checks the installation.
package struct DatabaseServer: Sendable, Equatable {
    /// Such as 150018 for 15.18.
    package var versionNumber: Int
    /// The version as people write it.
    package var version: String
    /// The most connections that our role can have to our database, by the limits of server, database and role.
    package var maximumConnections: Int
    /// Those of the server that are open now, ours among them.
    package var connections: Int
    /// By how much its clock is ahead of ours; negative: behind.
    package var clockAhead: Duration
    /// How wrong ``clockAhead`` may be.
    package var clockTolerance: Duration

    /// The first version that has all that the store uses.
    package static let oldestVersion = 150_000

    package init(
        versionNumber: Int,
        version: String,
        maximumConnections: Int,
        connections: Int,
        clockAhead: Duration,
        clockTolerance: Duration
    ) {
        self.versionNumber = versionNumber
        self.version = version
        self.maximumConnections = maximumConnections
        self.connections = connections
        self.clockAhead = clockAhead
        self.clockTolerance = clockTolerance
    }
}

extension FleetStore {
    /// Asks the database for its version, its limits and its clock. No table is needed.
    package func databaseServer() async throws -> DatabaseServer {
        // The connection is there, so that the clock's answer takes as little time as possible.
        let (version, name, limit, used) = try await query(
            """
            select current_setting('server_version_num')::bigint, current_setting('server_version'),
                least(
                    current_setting('max_connections')::bigint
                        - case when role.rolsuper then 0 else current_setting('superuser_reserved_connections')::bigint
                            + coalesce(nullif(current_setting('reserved_connections', true), '')::bigint, 0) end,
                    nullif(role.rolconnlimit, -1), nullif(base.datconnlimit, -1)
                ),
                (select count(*) from pg_stat_activity where usesysid is not null and datid is not null)
            from pg_roles role, pg_database base
            where role.rolname = current_user and base.datname = current_database()
            """
        ).one().decode(Int.self, String.self, Int.self, Int.self)
        let before = Date()
        let theirs = try await query("select clock_timestamp()").one().decode(Date.self)
        let after = Date()
        let halfWay = after.timeIntervalSince(before) / 2
        return DatabaseServer(
            versionNumber: version,
            version: name,
            maximumConnections: limit,
            connections: used,
            clockAhead: .seconds(theirs.timeIntervalSince(before) - halfWay),
            clockTolerance: .seconds(max(0, halfWay))
        )
    }
}
