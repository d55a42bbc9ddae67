// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension JobFilter {
    /// What a row of `job` must be like.
    var conditions: PostgresStatement {
        """
        (\(state) is null or state = \(state))
            and (\(outcome) is null or outcome = \(outcome))
            and (\(environment) is null or environment = \(environment))
            and (\(name) is null or name = \(name) or base_name = \(name))
            and (\(backend) is null or backend = \(backend))
            and (\(positions == nil) or position in (select unnest(\(positions ?? []))))
            and (\(finishedAfter) is null or finished_at >= \(finishedAfter))
            and (\(hasFailed) is null or (outcome <> 'complete' or tests_fail > 0) = \(hasFailed))
            and (\(reason) is null or strpos(lower(reason), lower(\(reason))) > 0 or exists (
                select from attempt where attempt.job_id = job.id and attempt.state = 'submitting'
                    and strpos(lower(attempt.last_error), lower(\(reason))) > 0
            ))
        """
    }
}

extension FleetStore {
    /// The jobs of a jobset by their place in the document, from `position` on.
    package func jobs(
        of jobset: UUID,
        from position: Int = 0,
        limit: Int = 100_000,
        _ filter: JobFilter = JobFilter()
    ) async throws -> [Job] {
        let rows = try await query(
            """
            \(unsafeSQL: Self.jobHead)
            where jobset_id = \(jobset) and position >= \(position)
                and \(fragment: filter.conditions)
            order by position limit \(limit)
            \(unsafeSQL: Self.jobTail)
            """
        )
        return try rows.decode(Job.self)
    }

    /// The jobs of a finished jobset that there is most to say about: those that did not complete first, then those
    /// with failed tests, then the others, each part by its place in the document.
    package func jobsWorstFirst(of jobset: UUID, limit: Int) async throws -> [Job] {
        let rows = try await query(
            """
            \(unsafeSQL: Self.jobHead)
            where jobset_id = \(jobset) order by outcome = 'complete', tests_fail = 0, position limit \(limit)
            \(unsafeSQL: Self.jobTail)
            """
        )
        return try rows.decode(Job.self)
    }

    /// Which jobs are asked for stands between the head and the tail.
    private static let jobHead = """
        select job.id, job.position, job.environment, job.name, job.backend, job.priority, job.retries,
            job.timeout, job.state, job.outcome,
            coalesce(job.reason, case when job.state = 'waiting' then coalesce(
                case when last.state = 'submitting' then last.last_error end,
                (
                    select 'attempt ' || number || ' was ' || outcome || coalesce(': ' || reason, '')
                    from attempt where job_id = job.id and outcome is not null order by number desc limit 1
                )
            ) end) as reason, cancel_requested_at,
            tests_pass, tests_fail, tests_xfail, tests_skip, tests_unknown, coalesce(last.number, 0) as attempts,
            job.created_at, job.finished_at,
            coalesce((
                select jsonb_agg(\(LabJob.object) order by lab_job.number)
                from lab_job where attempt_id = last.id
            ), '[]') as lab_jobs, null::jsonb as attempt_history
        from (select * from job
        """

    private static let jobTail = """
        ) as job left join lateral (
            select id, number, state, last_error from attempt where job_id = job.id order by number desc limit 1
        ) as last on true
        order by job.position
        """

    /// The definition of the job at `position` as its publisher wrote it, secrets included; `nil` where there is none.
    package func definition(of jobset: UUID, position: Int) async throws -> String? {
        try await query(
            "select definition from job_definition where jobset_id = \(jobset) and position = \(position)"
        ).first?.decode(String.self)
    }

    /// The places of those jobs that have no definition here: they were submitted in their lab, and are only watched.
    package func jobsWithoutDefinition(of jobset: UUID, among positions: [Int]) async throws -> Set<Int> {
        let rows = try await query(
            """
            select position from job
            where jobset_id = \(jobset) and position in (select unnest(\(positions))) and not exists (
                select from job_definition
                where job_definition.jobset_id = job.jobset_id and job_definition.position = job.position
            )
            """
        )
        return Set(try rows.map { try $0.decode(Int.self) })
    }
}
