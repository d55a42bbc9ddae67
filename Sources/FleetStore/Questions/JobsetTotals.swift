// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// What the ended jobs of a jobset come to.
    package func totals(of jobset: UUID) async throws -> JobsetTotals {
        let parts = try await query(
            """
            select environment, outcome, count(*) as jobs, sum(tests_pass) as tests_pass,
                sum(tests_fail) as tests_fail, sum(tests_xfail) as tests_xfail, sum(tests_skip) as tests_skip,
                sum(tests_unknown) as tests_unknown
            from job where jobset_id = \(jobset) and outcome is not null
            group by environment, outcome order by environment, outcome
            """
        ).decode(JobsetTotals.Part.self)
        let (retried, complete, leftOut) = try await attemptTotals(of: jobset)
        return JobsetTotals(parts: parts, retriedJobs: retried, retriedAndComplete: complete, resultsLeftOut: leftOut)
    }

    private func attemptTotals(of jobset: UUID) async throws -> (retried: Int, complete: Int, leftOut: Int) {
        let rows = try await query(
            """
            select count(*) filter (where second), count(*) filter (where second and outcome = 'complete'),
                coalesce(sum(left_out), 0)::bigint
            from (
                select outcome, exists (select from attempt where job_id = job.id and number > 1) as second, (
                    select sum(results_left_out) from lab_job where attempt_id = (
                        select id from attempt where job_id = job.id order by number desc limit 1
                    )
                ) as left_out
                from job where jobset_id = \(jobset)
            ) as job
            """
        )
        return try rows.first?.decode(Int.self, Int.self, Int.self) ?? (0, 0, 0)
    }

    /// How the generation before ended; `nil` for the first.
    package func earlierGeneration(of jobset: UUID, than generation: Int) async throws -> EarlierGeneration? {
        let rows = try await query(
            """
            select generation, verdict, finished_at, retried_at from jobset_end
            where jobset_id = \(jobset) and generation = \(generation - 1)
            """
        )
        return try rows.first?.decode(EarlierGeneration.self)
    }

    /// The jobs that were sent out again for `generation`, which has ended, by their place in the document.
    package func changes(of jobset: UUID, in generation: Int, limit: Int) async throws -> [JobChange] {
        let rows = try await query(
            """
            select position, environment, name, backend,
                jsonb_build_object('outcome', before.outcome, 'reason', before.reason, 'tests', jsonb_build_object(
                    'pass', before.tests_pass, 'fail', before.tests_fail, 'xfail', before.tests_xfail,
                    'skip', before.tests_skip, 'unknown', before.tests_unknown)) as before,
                jsonb_build_object('outcome', job.outcome, 'reason', job.reason, 'tests', jsonb_build_object(
                    'pass', job.tests_pass, 'fail', job.tests_fail, 'xfail', job.tests_xfail,
                    'skip', job.tests_skip, 'unknown', job.tests_unknown)) as after
            from job join job_end as before on before.job_id = job.id and before.generation = \(generation - 1)
            where jobset_id = \(jobset) and job.outcome is not null
            order by position limit \(limit)
            """
        )
        return try rows.decode(JobChange.self)
    }
}
