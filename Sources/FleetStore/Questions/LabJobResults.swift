// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Test cases of one lab job of a job's last attempt, at most `limit` of those behind the place `after`.
    ///
    /// - Parameters:
    ///   - position: The job's place in the document.
    ///   - labJob: LAVA's number.
    ///   - after: ``ResultPage/next`` of the page before; `nil` for the first page.
    package func results(
        of jobset: UUID,
        position: Int,
        labJob: Int,
        after: ResultPlace?,
        limit: Int
    ) async throws -> ResultPage {
        let rows = try await query(
            """
            with counted as materialized (
                select job.position, job.environment, job.name as job_name, job.backend, job.outcome as job_outcome,
                    lab_job.id, lab_job.number as lab_job, lab_job.role
                from job join attempt on attempt.job_id = job.id join lab_job on lab_job.attempt_id = attempt.id
                where job.jobset_id = \(jobset) and job.position = \(position) and lab_job.number = \(labJob)
                    and lab_job.state = 'fetched' and (attempt.outcome is null or attempt.outcome = job.outcome)
                    and attempt.number = (select max(number) from attempt where job_id = job.id)
            )
            select counted.*, suite, suite_number, result.name, status, trim_scale(measurement)::text as measurement, units,
                start_log_line, null::text as url, result.position as index
            from counted join result on result.lab_job_id = counted.id
            where result.position > \(after?.index ?? -1) and suite <> 'lava'
            order by result.position limit \(limit) + 1
            """
        )
        return try ResultPage(rows, limit: limit)
    }
}
