// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A job of an external lab, as the lab has it.
package struct ExternalJob: Sendable, Equatable, Decodable {
    /// What the lab calls it.
    package let number: Int
    /// The attempt that it was made of.
    package let attemptID: UUID
    package let submittedAt: Date
    /// How it ended; nil while nobody has said so.
    package let outcome: JobOutcome?
    package let isInfrastructure: Bool
    package let reason: String?
    package let url: String?
    package let endedAt: Date?
}

/// The jobs of external labs: what a LAVA server would keep of its own.
extension FleetStore {
    private static let columns =
        "number, attempt_id, submitted_at, outcome, is_infrastructure, reason, url, ended_at"

    /// Has the lab take an attempt; again, it is the same job.
    ///
    /// - Returns: what the lab calls it; nil if there is no such attempt.
    package func takeExternalJob(attempt: UUID) async throws -> Int? {
        try await query(
            """
            insert into external_job (job_id, attempt, backend, attempt_id, submitted_at)
            select job_id, number, backend, id, now() from attempt where id = \(attempt)
            on conflict (job_id, attempt) do update set attempt_id = excluded.attempt_id,
                submitted_at = coalesce(external_job.submitted_at, excluded.submitted_at),
                -- What was reported before is to be seen from now on.
                ended_at = case when external_job.outcome is not null then coalesce(external_job.ended_at, now()) end
            returning number
            """
        ).first?.decode(Int.self)
    }

    /// The lab's job of an attempt.
    package func externalJob(attempt: UUID) async throws -> ExternalJob? {
        try await query("select \(unsafeSQL: Self.columns) from external_job where attempt_id = \(attempt)")
            .first?.decode(ExternalJob.self)
    }

    /// The lab's jobs with these numbers.
    package func externalJobs(_ numbers: [Int], backend: String) async throws -> [ExternalJob] {
        try await query(
            """
            select \(unsafeSQL: Self.columns) from external_job
            where number = any(\(numbers)) and backend = \(backend) and attempt_id is not null order by number
            """
        ).decode(ExternalJob.self)
    }

    /// Jobs that have ended after a moment, the first of them first, and the database's clock.
    package func endedExternalJobs(
        backend: String,
        after: Date,
        limit: Int,
        offset: Int
    ) async throws -> (jobs: [ExternalJob], now: Date) {
        let jobs = try await query(
            """
            select \(unsafeSQL: Self.columns) from external_job
            where backend = \(backend) and ended_at > \(after)
            order by ended_at, number limit \(limit) offset \(offset)
            """
        ).decode(ExternalJob.self)
        guard let now = try await query("select now()").first?.decode(Date.self) else {
            throw MissingRow(table: "clock", id: "now()")
        }
        return (jobs, now)
    }

    /// Ends jobs of which nobody has reported a result.
    ///
    /// - Returns: those that the lab knows, whether they had ended or not.
    package func cancelExternalJobs(_ numbers: [Int], backend: String) async throws -> Set<Int> {
        try await execute(
            """
            update external_job set outcome = 'canceled', reason = 'canceled before its result was reported',
                ended_at = now()
            where number = any(\(numbers)) and backend = \(backend) and outcome is null and attempt_id is not null
            """
        )
        return Set(try await externalJobs(numbers, backend: backend).map(\.number))
    }

    /// Reported test cases of a job, from a place on.
    package func externalTests(of number: Int, from position: Int, limit: Int) async throws -> [ResultRow] {
        try await query(
            """
            select suite, suite_number, name, status, measurement::text, units, null::integer as start_log_line,
                null::integer as end_log_line
            from external_test where number = \(number) and position >= \(position) order by position limit \(limit)
            """
        ).decode(ResultRow.self)
    }

    /// How many test cases were reported of a job and are still here.
    package func externalTestCount(of number: Int) async throws -> Int {
        try await query("select count(*) from external_test where number = \(number)").first?.decode(Int.self) ?? 0
    }

    /// Drops reported test cases that are stored as results.
    package func dropStoredExternalTests(backend: String) async throws {
        try await execute(
            """
            delete from external_test where number in (
                select distinct external_test.number from external_test
                    join external_job on external_job.number = external_test.number
                    join lab_job on lab_job.attempt_id = external_job.attempt_id
                where external_job.backend = \(backend) and lab_job.state = 'fetched' limit 100
            )
            """
        )
    }
}

/// A job that a result may be of whose sender names a build and an environment, and no job.
package struct ResultCandidate: Sendable, Equatable, Decodable {
    package let job: Int
    package let isFinished: Bool
    /// What its latest result calls the run, and what it says; nil while there is none.
    package let run: String?
    package let digest: [UInt8]?
    /// Whether it waits for a result: its present attempt has none.
    package let isOpen: Bool
}

extension FleetStore {
    /// The most jobs of one environment that are looked through.
    private static let maximumCandidates = 10_000

    /// The jobs of a build and an environment that somebody else runs, in the order of their jobsets and documents.
    package func resultCandidates(
        of build: Build,
        environment: String,
        externalBackends: Set<String>
    ) async throws -> [ResultCandidate] {
        try await query(
            """
            select job.id as job, job.state = 'finished' as is_finished, last.run, last.digest,
                job.state <> 'finished' and (last.number is null or last.attempt < coalesce(
                    (select max(attempt.number) filter (where attempt.state <> 'ended') from attempt
                        where attempt.job_id = job.id),
                    (select max(attempt.number) + 1 from attempt where attempt.job_id = job.id), 1
                )) as is_open
            from jobset join job on job.jobset_id = jobset.id left join lateral (
                select number, attempt, run, digest from external_job
                where external_job.job_id = job.id and external_job.outcome is not null
                order by attempt desc limit 1
            ) as last on true
            where build_group = \(build.group) and build_project = \(build.project)
                and build_version = \(build.version) and environment = \(environment)
                and job.backend = any(\(externalBackends.sorted()))
            order by jobset.created_at, job.position limit \(Self.maximumCandidates)
            """
        ).decode(ResultCandidate.self)
    }
}
