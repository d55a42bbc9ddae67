// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Every attempt of the job at `position`, first to last; empty of a job that has none yet, or is not there.
    package func attempts(of jobset: UUID, position: Int) async throws -> [Attempt] {
        try await attempts(of: jobset, positions: [position], latest: .max, limit: 1_000)[position] ?? []
    }

    /// The attempts of several jobs, first to last, by the jobs' places in the document.
    ///
    /// - Parameters:
    ///   - latest: Of each job only its latest so many.
    ///   - limit: Not more than so many altogether; jobs at the end of the document are left out.
    package func attempts(
        of jobset: UUID,
        positions: [Int],
        latest: Int,
        limit: Int
    ) async throws -> [Int: [Attempt]] {
        guard !positions.isEmpty else { return [:] }
        let rows = try await query(
            """
            select job.position, attempt.number, attempt.state, attempt.outcome,
                attempt.reason, attempt.tries, attempt.last_error, attempt.created_at,
                attempt.submitted_at, attempt.ended_at,
                coalesce((
                    select jsonb_agg(\(unsafeSQL: LabJob.object) order by lab_job.number)
                    from lab_job where attempt_id = attempt.id
                ), '[]') as lab_jobs,
                (
                    select jsonb_agg(\(unsafeSQL: SurplusLabJob.object) order by surplus_lab_job.number)
                    from (
                        select * from surplus_lab_job where attempt_id = attempt.id order by number
                        limit \(SurplusLabJob.maximumShown)
                    ) as surplus_lab_job
                ) as surplus_lab_jobs
            from job join lateral (
                select * from attempt where job_id = job.id order by number desc limit \(latest)
            ) as attempt on true
            where job.jobset_id = \(jobset) and job.position = any(\(positions))
            order by job.position, attempt.number limit \(limit)
            """
        )
        let positions: [Int] = try rows.map { try $0.decode("position") }
        return Dictionary(grouping: zip(positions, try rows.decode(Attempt.self)), by: \.0)
            .mapValues { $0.map(\.1) }
    }
}

extension LabJob {
    /// The columns as one JSON object; `lab_job` is in scope. Times are seconds since 1970.
    static let object = """
        jsonb_build_object(
            'number', lab_job.number, 'subID', sub_id, 'role', role, 'labState', lab_state, 'health', health,
            'device', device, 'submitTime', extract(epoch from submit_time),
            'startTime', extract(epoch from start_time), 'endTime', extract(epoch from end_time),
            'errorType', error_type, 'errorMessage', coalesce(unfetchable, error_message),
            'resultsLeftOut', nullif(results_left_out, 0), 'url', lab_job.url
        )
        """
}

extension SurplusLabJob {
    /// The columns as one JSON object; `surplus_lab_job` is in scope. Times are seconds since 1970.
    static let object = """
        jsonb_build_object(
            'number', number, 'subID', sub_id, 'canceling', cancel_due_at is not null, 'health', health,
            'foundAt', extract(epoch from found_at), 'endedAt', extract(epoch from ended_at)
        )
        """
}
