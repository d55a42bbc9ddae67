// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// How long the jobs of a jobset waited in their labs and ran, by the labs' clocks, in seconds.
package struct JobTimes: Sendable, Equatable {
    /// What one kind of time comes to over all jobs.
    package struct Spread: Sendable, Equatable, Decodable {
        /// Of half of the jobs it is no longer.
        package let median: Double
        /// The longest.
        package let longest: Double
        /// All together.
        package let sum: Double
    }

    /// How many jobs a lab has started and ended.
    package let jobs: Int
    /// From submission to start.
    package let queue: Spread
    /// From start to end.
    package let run: Spread
    /// The jobs that ran longest, the longest first.
    package let slowest: [JobTime]
}

/// How long a job waited and ran; of a multinode job, its slowest lab job.
package struct JobTime: Sendable, Equatable, Decodable {
    /// Its place in the document, from 0.
    package let position: Int
    /// What it ran on.
    package let environment: String
    package let backend: String
    package let outcome: JobOutcome
    /// LAVA's number of the lab job.
    package let labJob: Int
    /// How long it waited.
    package let queueSeconds: Double
    /// How long it ran.
    package let runSeconds: Double
}

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
        select job.position, job.environment, job.backend, job.outcome,
            slowest.number as lab_job, slowest.queue_seconds, slowest.run_seconds
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
