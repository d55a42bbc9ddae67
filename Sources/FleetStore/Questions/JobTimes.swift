// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// The times of each ended job's last attempt; `nil` where a lab has run none.
    ///
    /// - Parameter limit: The most of the slowest jobs.
    package func jobTimes(of jobset: UUID, limit: Int) async throws -> JobTimes? {
        try await transaction(readOnly: true) { sql in
            let sums = try sql.query(
                """
                select count(*) as jobs,
                    percentile_cont(0.5) within group (order by queue_seconds) as queue_median,
                    max(queue_seconds) as queue_longest, sum(queue_seconds) as queue_sum,
                    percentile_cont(0.5) within group (order by run_seconds) as run_median,
                    max(run_seconds) as run_longest, sum(run_seconds) as run_sum
                from (\(unsafeSQL: Self.timed) where job.jobset_id = \(jobset) and job.outcome is not null) as timed
                """
            ).one().decode(TimeSums.self)
            guard let queue = sums.queue, let run = sums.run else { return nil }
            return JobTimes(
                jobs: sums.jobs,
                queue: queue,
                run: run,
                slowest: try sql.query(
                    """
                    \(unsafeSQL: Self.timed) where job.jobset_id = \(jobset) and job.outcome is not null
                    order by run_seconds desc, position limit \(limit)
                    """
                ).decode(JobTime.self)
            )
        }
    }

    /// A clock that was set back makes no time less than nothing.
    private static let timed = """
        select job.position, job.environment, job.name, job.backend, job.outcome,
            slowest.number as lab_job, slowest.queue_seconds, slowest.run_seconds, null::text as url
        from job join lateral (
            select id from attempt where job_id = job.id order by number desc limit 1
        ) as attempt on true
        join lateral (
            select number, greatest(0, extract(epoch from start_time - submit_time))::float8 as queue_seconds,
                greatest(0, extract(epoch from end_time - start_time))::float8 as run_seconds
            from lab_job where attempt_id = attempt.id and start_time is not null and submit_time is not null
                and end_time is not null
            order by run_seconds desc, number limit 1
        ) as slowest on true
        """
}

/// What the times of all jobs come to; of none there is no spread.
private struct TimeSums: Decodable {
    let jobs: Int
    let queue: JobTimes.Spread?
    let run: JobTimes.Spread?
}
