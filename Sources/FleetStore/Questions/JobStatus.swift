// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation
import Postgres

/// A job as it stands.
public struct JobStatus: Sendable, Codable, Equatable {
    /// Its row.
    public let id: Int
    /// Its place in the document, from 0.
    public let position: Int
    /// What it runs in or on.
    public let environment: String
    /// The lab it is for.
    public let backend: String
    /// Where it is on its way.
    public let state: JobState
    /// How it ended.
    public let outcome: JobOutcome?
    /// Why it did not complete; while it waits, what its submission last failed with, or else why the attempt before
    /// did not complete.
    public let reason: String?
    /// When somebody asked to cancel it; it ends when its lab says so, or after a limit.
    public let cancelRequestedAt: Date?
    /// What its test cases said.
    public let tests: TestCounts
    /// How often it was submitted, or begun to be.
    public let attempts: Int
    /// What the lab made of its last attempt.
    public let labJobs: [LabJobStatus]
    /// When it was accepted.
    public let createdAt: Date
    /// When it ended.
    public let finishedAt: Date?
}

/// Which jobs of a jobset to list.
public struct JobFilter: Sendable {
    /// Only those in this state.
    public var state: JobState?
    /// Only those that ended so.
    public var outcome: JobOutcome?
    /// Only those of this environment.
    public var environment: String?
    /// Only those for this lab.
    public var backend: String?
    /// Only those at these places in the document.
    public var positions: [Int]?
    /// Only those that ended at that time or later.
    public var finishedAfter: Date?
    /// `true`: only those that did not complete or have a failed test; `false`: only those that completed without.
    public var hasFailed: Bool?

    /// All of them, to be narrowed down.
    public init() {}
}

extension FleetStore {
    /// The jobs of a jobset by their place in the document, from `position` on.
    public func jobs(
        of jobset: UUID,
        from position: Int = 0,
        limit: Int = 100_000,
        _ filter: JobFilter = JobFilter()
    ) async throws -> [JobStatus] {
        let rows = try await query(
            """
            \(unsafeSQL: Self.jobHead)
            where jobset_id = \(jobset) and position >= \(position)
                and (\(filter.state) is null or state = \(filter.state))
                and (\(filter.outcome) is null or outcome = \(filter.outcome))
                and (\(filter.environment) is null or environment = \(filter.environment))
                and (\(filter.backend) is null or backend = \(filter.backend))
                and (\(filter.positions == nil) or position in (select unnest(\(filter.positions ?? []))))
                and (\(filter.finishedAfter) is null or finished_at >= \(filter.finishedAfter))
                and (\(filter.hasFailed) is null
                    or (outcome <> 'complete' or tests_fail > 0) = \(filter.hasFailed))
            order by position limit \(limit)
            \(unsafeSQL: Self.jobTail)
            """
        )
        return try rows.decode(JobStatus.self)
    }

    /// The jobs of a finished jobset that there is most to say about: those that did not complete first, then those
    /// with failed tests, then the others, each part by its place in the document.
    public func jobsWorstFirst(of jobset: UUID, limit: Int) async throws -> [JobStatus] {
        let rows = try await query(
            """
            \(unsafeSQL: Self.jobHead)
            where jobset_id = \(jobset) order by outcome = 'complete', tests_fail = 0, position limit \(limit)
            \(unsafeSQL: Self.jobTail)
            """
        )
        return try rows.decode(JobStatus.self)
    }

    /// Which jobs are asked for stands between the head and the tail.
    private static let jobHead = """
        select job.id, job.position, job.environment, job.backend, job.state, job.outcome,
            coalesce(job.reason, case when job.state = 'waiting' then coalesce(
                case when last.state = 'submitting' then last.last_error end,
                (
                    select 'attempt ' || number || ' was ' || outcome || coalesce(': ' || reason, '')
                    from attempt where job_id = job.id and outcome is not null order by number desc limit 1
                )
            ) end) as reason, cancel_requested_at,
            tests_pass, tests_fail, tests_skip, tests_unknown, coalesce(last.number, 0) as attempts,
            job.created_at, job.finished_at,
            coalesce((
                select jsonb_agg(\(LabJobStatus.object) order by lab_job.number)
                from lab_job where attempt_id = last.id
            ), '[]') as lab_jobs
        from (select * from job
        """

    private static let jobTail = """
        ) as job left join lateral (
            select id, number, state, last_error from attempt where job_id = job.id order by number desc limit 1
        ) as last on true
        order by job.position
        """

    /// The definition of the job at `position` as its publisher wrote it, secrets included; `nil` where there is none.
    public func definition(of jobset: UUID, position: Int) async throws -> String? {
        try await query(
            "select definition from job_definition where jobset_id = \(jobset) and position = \(position)"
        ).first?.decode(String.self)
    }

    /// Where a jobset is on its way, for whoever waits: cheaper than all of it. `nil` when there is none.
    public func progress(of jobset: UUID) async throws -> JobsetProgress? {
        try await query(
            "select state, generation, total, pending from jobset where id = \(jobset)"
        ).first?.decode(JobsetProgress.self)
    }
}

/// Where a jobset is on its way.
public struct JobsetProgress: Sendable, Equatable, Decodable {
    /// Whether it has ended.
    public let state: JobsetState
    /// Which of its lives this is, from 1.
    public let generation: Int
    /// How many jobs it has.
    public let total: Int
    /// How many of them have not ended.
    public let pending: Int
}
