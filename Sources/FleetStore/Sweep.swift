// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation
import Postgres

/// A jobset whose counter does not agree with its jobs. There should never be one.
public struct CounterMismatch: Sendable, Equatable {
    /// The jobset.
    public let jobsetID: UUID
    /// What the counter says.
    public let pending: Int
    /// What its job rows say.
    public let unfinished: Int
}

extension FleetStore {
    /// Finishes jobsets that are at zero and sealed and yet still run. There should never be one.
    public func finishMissed() async throws -> [FinishedJobset] {
        try await client.withTransaction(idempotent: true) { sql in
            let rows = try sql.query(
                """
                select id from jobset where state = 'running' and sealed and pending = 0
                order by id for no key update skip locked
                """
            )
            let ids = try rows.map { try $0.decode(UUID.self) }
            return ids.isEmpty ? [] : try sql.finishJobsets(ids)
        }
    }

    /// Recounts every running jobset from its jobs. It reports and changes nothing.
    public func counterMismatches(limit: Int) async throws -> [CounterMismatch] {
        let rows = try await client.query(
            """
            select id, pending::bigint, unfinished from (
                select jobset.id, jobset.pending, (
                    select count(*) from job where job.jobset_id = jobset.id and job.state <> 'finished'
                ) as unfinished
                from jobset where jobset.state = 'running'
            ) as recount
            where pending <> unfinished limit \(limit)
            """,
            idempotent: true
        )
        return try rows.map { row in
            let (id, pending, unfinished) = try row.decode(UUID.self, Int.self, Int.self)
            return CounterMismatch(jobsetID: id, pending: pending, unfinished: unfinished)
        }
    }

    /// Makes the waiting jobs of a lab due whose message went out longer ago than `age`. To be called when the lab's
    /// queue is empty: then their messages are lost, for otherwise they would only be waiting their turn.
    ///
    /// - Returns: how many there were.
    public func resumeUnannounced(backend: String, age: Duration) async throws -> Int {
        try await client.execute(
            """
            update job set resume_at = now()
            where backend = \(backend) and state = 'waiting' and resume_at is null
                and announced_at < now() - make_interval(secs => \(age.seconds))
                and not exists (
                    select from attempt where job_id = job.id and state = 'submitting' and claimed_until > now()
                )
            """
        )
    }

    /// Finished lab jobs whose message went out longer ago than `age` and whose results are still not stored; they
    /// count as announced from now.
    public func takeUnfetched(age: Duration, limit: Int) async throws -> [Int] {
        let rows = try await client.query(
            """
            update lab_job set announced_at = now() where id in (
                select id from lab_job
                where state = 'finished' and announced_at < now() - make_interval(secs => \(age.seconds))
                order by announced_at limit \(limit) for no key update skip locked
            )
            returning id
            """
        )
        return try rows.map { try $0.decode(Int.self) }
    }

    /// Lab jobs that are stored whole while their job has not ended: a crash came between, or their jobs' rows were
    /// mended by hand. One of each attempt suffices to end it.
    public func takeUncounted(age: Duration, limit: Int) async throws -> [Int] {
        let rows = try await client.query(
            """
            select min(lab_job.id) from lab_job join attempt on attempt.id = lab_job.attempt_id
            where attempt.state = 'submitted'
            group by attempt.id
            having bool_and(lab_job.state = 'fetched')
                and max(lab_job.fetched_at) < now() - make_interval(secs => \(age.seconds))
            limit \(limit)
            """,
            idempotent: true
        )
        return try rows.map { try $0.decode(Int.self) }
    }
}
