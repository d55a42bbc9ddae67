// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Postgres

extension FleetStore {
    /// Stores a page of results of a lab job that has more than one, so that no more than a page of them is ever held
    /// in memory. The last page is stored by ``finishLabJobs(_:retryAfter:)``, with the lab job's end.
    ///
    /// A repeat, from whichever page on, writes nothing new: a lab job's results have an order that does not change.
    ///
    /// - Parameter position: The place of the first of `rows` among all of the lab job's.
    /// - Returns: whether there is still something to store; `false` when somebody else has stored all of it, or the
    ///   lab was found to have it still.
    package func storeResults(ofLabJob id: Int, from position: Int, _ rows: [ResultRow]) async throws -> Bool {
        try await transaction { sql in
            // Touched, so that the sweep does not take the message of so long a fetch for lost.
            let touched = try sql.execute(
                "update lab_job set announced_at = now() where id = \(id) and state = 'finished'"
            )
            guard touched > 0 else { return false }
            try sql.execute(
                """
                insert into result (
                    lab_job_id, position, suite, suite_number, name, status, measurement, units,
                    start_log_line, end_log_line
                )
                select \(id), \(position) + row.place - 1, row.suite, row.suite_number, row.name, row.status,
                    row.measurement::numeric, row.units, row.start_log_line, row.end_log_line
                from unnest(
                    \(rows.map(\.suite)), \(rows.map(\.suiteNumber)), \(rows.map(\.name)),
                    \(rows.map(\.status)), \(rows.map(\.measurement)), \(rows.map(\.units)),
                    \(rows.map(\.startLogLine)), \(rows.map(\.endLogLine))
                ) with ordinality as row (
                    suite, suite_number, name, status, measurement, units, start_log_line, end_log_line, place
                )
                on conflict (lab_job_id, position) do nothing
                """
            )
            return true
        }
    }
}
