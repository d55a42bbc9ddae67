// SPDX-License-Identifier: Apache-2.0

import CommandLine
import FleetRuntime
import FleetStore

/// What the database says of itself, and what it means for the workers.
enum DatabaseServerFindings {
    /// All of it.
    static func all(
        _ server: DatabaseServer,
        address: String,
        _ database: FleetConfiguration.Database
    ) -> [Finding] {
        [
            version(server, address: address),
            database.pooler == .none
                ? connections(server, perWorker: database.maximumConnections) : pooled(server, database.pooler),
            clock(server),
        ]
    }

    /// Whether it is new enough.
    static func version(_ server: DatabaseServer, address: String) -> Finding {
        let found = "\(address), PostgreSQL \(server.version)"
        guard server.versionNumber >= DatabaseServer.oldestVersion else {
            return .failed("database", found, advice: "Muster needs PostgreSQL 15 or later")
        }
        return .ok("database", found)
    }

    /// One of each role: ingest, submitter, watcher, notifier, gateway.
    private static let fewestWorkers = 5

    /// Whether there is room for the workers.
    static func connections(_ server: DatabaseServer, perWorker: Int) -> Finding {
        let room = server.maximumConnections / max(1, perWorker)
        let found =
            "\(server.connections) of \(server.maximumConnections) connections are open; at \(perWorker) each "
            + "(database.maximum_connections), there is room for \(room) \(room == 1 ? "worker" : "workers")"
        guard room >= fewestWorkers else {
            return .warning(
                "connections",
                found,
                advice: "raise max_connections of PostgreSQL or the limit of the role, or lower "
                    + "database.maximum_connections"
            )
        }
        guard server.connections < server.maximumConnections else {
            return .warning("connections", found, advice: "raise max_connections of PostgreSQL, or run fewer workers")
        }
        return .ok("connections", found)
    }

    /// Through a pooler it is the pooler whose connections the server counts.
    static func pooled(_ server: DatabaseServer, _ pooler: FleetConfiguration.Database.Pooler) -> Finding {
        let open = "\(server.connections) of \(server.maximumConnections) connections of PostgreSQL are open"
        let found = "\(open); workers share those of a pooler (\(pooler.rawValue))"
        guard server.connections < server.maximumConnections else {
            return .warning("connections", found, advice: "lower the size of the pool, or raise max_connections")
        }
        return .ok("connections", found)
    }

    /// Whether its clock and ours agree.
    static func clock(_ server: DatabaseServer) -> Finding {
        let difference = ClockDifference(ahead: server.clockAhead, tolerance: server.clockTolerance)
        guard difference.exceeds(.seconds(5)) else { return .ok("clock", "this machine and the database agree") }
        return .warning(
            "clock",
            "the database is \(difference.words) this machine",
            advice:
                "synchronise both with NTP: signatures, tokens and logs have the time of the worker's machine, deadlines "
                + "and retries that of the database"
        )
    }
}

/// How far another machine's clock is from ours.
struct ClockDifference {
    /// Negative: it is behind.
    let ahead: Duration
    /// How wrong `ahead` may be.
    let tolerance: Duration

    /// Whether it is certain that they are further apart than `limit`.
    func exceeds(_ limit: Duration) -> Bool { max(ahead, .zero - ahead) - tolerance > limit }

    /// How far, to be put before the other machine.
    var words: String {
        let seconds = max(ahead, .zero - ahead).components.seconds
        return "\(seconds) s \(ahead > .zero ? "ahead of" : "behind")"
    }
}
