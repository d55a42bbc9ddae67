// SPDX-License-Identifier: Apache-2.0

import AMQP
package import CommandLine
import FleetRuntime
import FleetStore
import Postgres

/// The way over the fleet's own broker and database.
package struct OwnServers: DirectWay {
    package init() {}

    package func fleet(_ options: ConfigurationOptions) throws -> any FleetConnection {
        DirectFleet(access: try FleetAccess(options))
    }

    package func failure(explaining error: any Error) -> CommandFailure? {
        switch error {
        case let refused as IndexesNeedSession: CommandFailure(.usage, "\(refused)")
        case let mismatch as SchemaMismatch:
            CommandFailure(.unreachable, "\(mismatch)")
        case let error as AMQPError:
            CommandFailure(explaining: FleetAbsence(explaining: error))
        case let error as PostgresError where error.sqlState == .undefinedTable:
            CommandFailure(.unreachable, "the database has no tables of Muster: run `muster migrate`")
        case let error as PostgresError:
            CommandFailure(explaining: FleetAbsence(explaining: error))
        default:
            nil
        }
    }
}

extension ConfigurationOptions {
    /// The fleet's own configuration and servers, for a verb that is nothing without them.
    ///
    /// - Throws: ``CommandFailure`` when a gateway is meant; `ConfigurationFaults`.
    func access(to verb: String, _ reason: String, secrets: SecretNeeds = .all) throws -> FleetAccess {
        guard serverURL == nil else {
            throw CommandFailure(
                .usage,
                "`muster \(verb)` works only on the fleet's own machines: \(reason)",
                "  run it there, without --server and MUSTER_SERVER"
            )
        }
        return try FleetAccess(self, secrets: secrets)
    }
}
