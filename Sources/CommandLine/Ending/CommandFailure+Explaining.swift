// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetRuntime
import FleetStore
import JobFiles
import Postgres

extension CommandFailure {
    /// Says what an error means here and what to do about it. None of these errors holds a password or a token.
    init(explaining error: any Error) {
        switch error {
        case let failure as CommandFailure:
            self = failure
        case let faults as ConfigurationFaults:
            self.init(.usage, lines: ["the configuration can't be used:"] + faults.faults.map { "  \($0)" })
        case let mismatch as SchemaMismatch:
            self.init(.unreachable, "\(mismatch)")
        case let absence as FleetAbsence:
            self.init(.unreachable, "\(absence)", absence.advice)
        case let error as AMQPError:
            self.init(explaining: FleetAbsence(explaining: error))
        case let error as PostgresError where error.sqlState == .undefinedTable:
            self.init(.unreachable, "the database has no tables of Muster: run `muster migrate`")
        case let error as PostgresError:
            self.init(explaining: FleetAbsence(explaining: error))
        case let error as JobFileError:
            self.init(.usage, lines: error.lines)
        case let refusal as FleetRefusal:
            self.init(refusal)
        case let refusal as ServerRefusal:
            self.init(.usage, lines: refusal.lines)
        case is CancellationError:
            self.init(.interrupted, "interrupted")
        default:
            self.init(.unreachable, "\(error)")
        }
    }
}
