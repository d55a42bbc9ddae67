// SPDX-License-Identifier: Apache-2.0

import Postgres

/// What one transaction at a time does, and nobody waits for.
enum AloneWork: String {
    /// Adding up what has ended.
    case rollup
    /// Adding jobsets to the history of their tests, or removing them.
    case history
    /// Removing what is not kept any longer.
    case retention
    /// Making lists of failing tests.
    case digest
}

extension PostgresTransaction {
    /// Whether nobody else is at this work; then nobody is until this transaction ends.
    func beginAlone(_ work: AloneWork) throws -> Bool {
        // By schema: other fleets of the same database have their own.
        try query(
            "select pg_try_advisory_xact_lock(hashtext('muster.' || \(work.rawValue)), hashtext(current_schema()))"
        ).one().decode(Bool.self)
    }
}
