// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Changes a jobset. All but whether it is kept can be changed only while it runs.
    ///
    /// - Returns: whether this has canceled the rest of it: more jobs had failed than now may.
    /// - Throws: ``FleetRefusal``.
    package func changeJobset(id: UUID, _ change: JobsetChange) async throws -> Unannounced<Bool> {
        let (isCanceled, finished): (Bool, [FinishedJobset]) = try await transaction { sql in
            if change.isOfRunning { try sql.lockRunningJobset(id) }
            if let isKept = change.isKept {
                let changed = try sql.execute("update jobset set is_kept = \(isKept) where id = \(id)")
                guard changed > 0 else { throw FleetRefusal.noSuchJobset(id: id.text) }
            }
            if let priority = change.priority {
                try sql.execute("update jobset set priority = \(priority) where id = \(id)")
                try sql.noteChange(of: id)
            }
            if let timeout = change.timeout { try sql.setTimeout(timeout, of: id) }
            guard let limit = change.maxFailures else { return (false, []) }
            try sql.execute(
                """
                update jobset set max_failures = \(limit?.count), max_failures_percent = \(limit?.percentage)
                where id = \(id)
                """
            )
            let wasCanceled = try sql.isCanceled(id)
            let finished = try sql.cancelBeyondFailures([id])
            return (try !wasCanceled && sql.isCanceled(id), finished)
        }
        if isCanceled { try await markLabJobsToCancel() }
        return Unannounced(isCanceled, finished: finished)
    }
}

extension PostgresTransaction {
    /// A deadline that has passed and taken effect stays.
    fileprivate func setTimeout(_ timeout: Duration?, of jobset: UUID) throws {
        let seconds = timeout.map { Int($0.components.seconds) }
        try execute(
            """
            update jobset set timeout_seconds = \(seconds),
                deadline = generation_started_at + \(seconds.map(Duration.seconds))
            where id = \(jobset) and deadline_passed_at is null
            """
        )
    }

    fileprivate func isCanceled(_ jobset: UUID) throws -> Bool {
        try query("select canceled_at is not null from jobset where id = \(jobset)").first?.decode(Bool.self) ?? false
    }
}
