// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A jobset whose counter does not agree with its jobs. There should never be one.
package struct CounterMismatch: Sendable, Equatable, Decodable {
    package let jobsetID: UUID
    /// What the counter says.
    package let pending: Int
    /// What its job rows say.
    package let unfinished: Int
}

extension FleetStore {
    /// Finishes jobsets that are at zero and sealed and yet still run. There should never be one.
    package func finishMissed() async throws -> Unannounced<Void> {
        try await transaction { sql in
            let rows = try sql.query(
                """
                select id from jobset where state = 'running' and sealed and pending = 0
                order by id for no key update skip locked
                """
            )
            let ids = try rows.decode(UUID.self)
            return Unannounced(finished: ids.isEmpty ? [] : try sql.finishJobsets(ids))
        }
    }

    /// Recounts every running jobset from its jobs. It reports and changes nothing.
    package func counterMismatches(limit: Int) async throws -> [CounterMismatch] {
        let rows = try await query(
            """
            select id as jobset_id, pending, unfinished from (
                select jobset.id, jobset.pending, (
                    select count(*) from job where job.jobset_id = jobset.id and job.state <> 'finished'
                ) as unfinished
                from jobset where jobset.state = 'running'
            ) as recount
            where pending <> unfinished limit \(limit)
            """
        )
        return try rows.decode(CounterMismatch.self)
    }

    /// Makes the waiting jobs of a lab due whose message went out longer ago than `age`. To be called when the lab's
    /// queue is empty: then their messages are lost, for otherwise they would only be waiting their turn.
    ///
    /// - Returns: how many there were; `limit` of them when there may be more.
    package func resumeUnannounced(backend: String, age: Duration, limit: Int) async throws -> Int {
        try await execute(
            """
            update job set resume_at = now() where id in (
                select id from job
                where backend = \(backend) and state = 'waiting' and resume_at is null
                    and announced_at < now() - \(age)
                    and not exists (
                        select from attempt where job_id = job.id and state = 'submitting' and claimed_until > now()
                    )
                order by id limit \(limit) for no key update skip locked
            )
            """,
            idempotent: false
        )
    }

    /// Ends jobs that have waited for a lab for longer than `limit`: one that is stopped, gone, or no longer configured.
    ///
    /// A job that only waits for its turn goes on waiting, in a lab that takes others and in one that a person has
    /// paused.
    package func endUndeliverable(after limit: Duration, batch: Int) async throws -> Unannounced<Void> {
        try await transaction { sql in
            let old = try sql.query(
                """
                select job.id from job join backend on backend.name = job.backend
                where state = 'waiting' and job.created_at < now() - \(limit)
                    and waiting_since < now() - \(limit)
                    and paused_reason is null
                    and (exists (select from attempt where job_id = job.id and state = 'submitting')
                        or not exists (
                            select from attempt where attempt.backend = backend.name
                                and submitted_at > now() - \(limit)
                                and \(unsafeSQL: Self.isSubmittedByUs("attempt.id"))
                        ))
                order by job.created_at, job.id limit \(batch)
                """
            ).decode(Int.self)
            guard !old.isEmpty else { return Unannounced(finished: []) }
            // Locked before they are looked at once more: a submitter may be bringing one into its lab just now.
            try sql.lockJobsets(ofJobs: old)
            try sql.execute("select id from job where id = any(\(old)) order by id for no key update")
            let rows = try sql.query(
                """
                select job.id, job.backend, coalesce(backend.stopped_reason, last.last_error),
                    case when last.doubtful_since is not null then last.id end
                from job join backend on backend.name = job.backend left join lateral (
                    select id, last_error, claimed_until, doubtful_since from attempt
                    where job_id = job.id order by number desc limit 1
                ) as last on true
                where job.id = any(\(old)) and job.state = 'waiting' and coalesce(last.claimed_until < now(), true)
                """
            )
            let ends = try rows.map { row in
                let (job, backend, last, doubtful) = try row.decode(Int.self, String.self, String?.self, UUID?.self)
                let why = last.map { "; last: \($0)" } ?? ""
                let reason = "not submitted to \(backend) within \(limit.components.seconds) s\(why)"
                let rest = doubtful.map { "; \(PostgresTransaction.mayRun($0, in: backend))" } ?? ""
                return JobEnd(jobID: job, outcome: .undeliverable, reason: reason + rest)
            }
            return Unannounced(finished: ends.isEmpty ? [] : try sql.finishJobs(ends))
        }
    }

    /// Whether an attempt was submitted by us: a watched job is none that the lab took of us.
    static func isSubmittedByUs(_ attempt: String) -> String {
        "exists (select from lab_job where attempt_id = \(attempt) and not is_watched)"
    }

    /// Ends jobs that a lab has which has not answered for `limit`: it is gone, or nobody watches it any more. Should it
    /// come back, they are canceled there.
    package func endAbandoned(after limit: Duration, batch: Int) async throws -> Unannounced<Void> {
        try await transaction { sql in
            let rows = try sql.query(
                """
                select old.job_id, old.id, backend.name, backend.last_error
                from backend cross join lateral (
                    select job_id, id from attempt
                    where attempt.backend = backend.name and state = 'submitted'
                        and submitted_at < now() - \(limit)
                    limit \(batch)
                ) as old
                where coalesce(backend.last_contact_at < now() - \(limit), true)
                order by old.job_id limit \(batch)
                """
            ).map { try $0.decode(Int.self, UUID.self, String.self, String?.self) }
            guard !rows.isEmpty else { return Unannounced(finished: []) }
            try sql.execute(
                """
                update lab_job set cancel_due_at = now(), cancel_tries = 0 where id in (
                    select id from lab_job where attempt_id = any(\(rows.map(\.1))) and state = 'submitted' and may_cancel
                    order by id for no key update
                )
                """
            )
            let finished = try sql.finishJobs(
                rows.map { job, _, backend, error in
                    let last = error.map { "; last: \($0)" } ?? ""
                    let reason = "\(backend), which has it, has not answered for \(limit.components.seconds) s\(last)"
                    return JobEnd(jobID: job, outcome: .lost, reason: reason)
                }
            )
            return Unannounced(finished: finished)
        }
    }

    /// Finished lab jobs of a lab whose message went out longer ago than `age` and whose results are still not stored;
    /// they count as announced from now.
    package func takeUnfetched(backend: String, age: Duration, limit: Int) async throws -> [Int] {
        let rows = try await query(
            """
            update lab_job set announced_at = now() where id in (
                select id from lab_job
                where state = 'finished' and backend = \(backend) and fetch_due_at is null
                    and announced_at < now() - \(age)
                order by announced_at limit \(limit) for no key update skip locked
            )
            returning id
            """,
            idempotent: false
        )
        return try rows.decode(Int.self)
    }

    /// Lab jobs that are stored whole while their job has not ended: a crash came between, or their jobs' rows were
    /// mended by hand. One of each attempt suffices to end it.
    package func takeUncounted(backend: String, age: Duration, limit: Int) async throws -> [Int] {
        let rows = try await query(
            """
            select min(lab_job.id) from lab_job join attempt on attempt.id = lab_job.attempt_id
            where attempt.state = 'submitted' and attempt.backend = \(backend)
            group by attempt.id
            having bool_and(lab_job.state = 'fetched')
                and \(unsafeSQL: PostgresTransaction.isGroupComplete("count(*)"))
                and max(lab_job.fetched_at) < now() - \(age)
            limit \(limit)
            """
        )
        return try rows.decode(Int.self)
    }
}
