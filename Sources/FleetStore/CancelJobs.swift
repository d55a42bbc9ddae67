// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Cancels all that is left of a jobset. A repeat ends nothing twice, and keeps the first reason.
    ///
    /// - Throws: ``FleetRefusal``.
    package func cancelJobset(id: UUID, reason: String?) async throws -> Unannounced<Cancellation> {
        try await cancel(reason: reason) { sql in
            try sql.allowForSize()
            try sql.lockRunningJobset(id)
            // Nothing is added to what nobody wants any more, so it is sealed as well.
            let isFirst = try !sql.query(
                """
                update jobset set canceled_at = now(), canceled_reason = \(reason), sealed = true,
                    sealed_reason = case when sealed then sealed_reason else 'canceled' end
                where id = \(id) and canceled_at is null returning id
                """
            ).isEmpty
            if isFirst { try sql.recordEvent(.canceled, of: [id]) }
            let jobs = try sql.query(
                "select id from job where jobset_id = \(id) and state <> 'finished' order by id"
            ).decode(Int.self)
            return (jobs, emptied: jobs.isEmpty ? try sql.finishJobsets([id]) : [])
        }
    }

    /// Cancels single jobs of a jobset, by their places in the document; all of them, or none.
    ///
    /// - Throws: ``FleetRefusal``.
    package func cancelJobs(
        of jobset: UUID,
        positions: Set<Int>,
        reason: String?
    ) async throws -> Unannounced<Cancellation> {
        try await cancel(reason: reason) { sql in
            let total = try sql.lockRunningJobset(jobset)
            let rows = try sql.query(
                """
                select id, position, outcome from job
                where jobset_id = \(jobset) and position = any(\(positions.sorted())) order by id
                """
            ).map { try $0.decode(Int.self, Int.self, JobOutcome?.self) }
            let outcomes = Dictionary(rows.map { ($0.1, $0.2) }, uniquingKeysWith: { first, _ in first })
            for position in positions.sorted() {
                guard let outcome = outcomes[position] else {
                    throw FleetRefusal.noSuchJob(jobset: jobset.text, position: position, total: total)
                }
                if let outcome {
                    throw FleetRefusal.jobAlreadyFinished(position: position, outcome: outcome)
                }
            }
            return (rows.map(\.0), emptied: [])
        }
    }

    /// Cancels those jobs of a jobset that match and have not ended; there need not be any.
    ///
    /// - Throws: ``FleetRefusal``.
    package func cancelJobs(
        of jobset: UUID,
        matching filter: JobFilter,
        reason: String?
    ) async throws -> Unannounced<Cancellation> {
        try await cancel(reason: reason) { sql in
            try sql.allowForSize()
            try sql.lockRunningJobset(jobset)
            let jobs = try sql.query(
                """
                select id from job
                where jobset_id = \(jobset) and state <> 'finished' and \(fragment: filter.conditions) order by id
                """
            ).decode(Int.self)
            return (jobs, emptied: [])
        }
    }

    /// Notes which lab jobs are to be canceled: those of jobs for which somebody asked. It is done with each
    /// cancellation, and by the sweep for what came between.
    package func markLabJobsToCancel() async throws {
        try await execute(
            """
            update lab_job set cancel_due_at = now() where id in (
                select lab_job.id from job join attempt on attempt.job_id = job.id and attempt.state = 'submitted'
                    join lab_job on lab_job.attempt_id = attempt.id
                where job.cancel_requested_at is not null and job.state <> 'finished'
                    and lab_job.state = 'submitted' and cancel_due_at is null and cancel_tries = 0
                    and lab_job.may_cancel
                order by lab_job.id for no key update of lab_job
            )
            """
        )
    }

    /// Has lab jobs canceled that run on though their attempt has ended: their submission was recorded after a
    /// statement that looked for what to cancel, and before the one that ended their job.
    ///
    /// - Parameter cancelsExpired: Also those of jobs that a deadline has ended.
    /// - Returns: how many there were.
    package func markLeftLabJobs(cancelsExpired: Bool) async throws -> Int {
        try await execute(
            """
            update lab_job set cancel_due_at = now() where id in (
                select lab_job.id from lab_job join attempt on attempt.id = lab_job.attempt_id
                where lab_job.state = 'submitted' and lab_job.missing_since is null and lab_job.may_cancel
                    and cancel_due_at is null and cancel_tries = 0 and attempt.state = 'ended'
                    and (attempt.outcome is distinct from 'expired' or \(cancelsExpired))
                order by lab_job.id for no key update of lab_job skip locked
            )
            """
        )
    }

    /// Ends canceled jobs whose lab has not confirmed it for `limit`, or of which it is still not known whether their
    /// lab has them.
    ///
    /// - Returns: the jobsets finished by this very call.
    package func endUnconfirmedCancellations(after limit: Duration, batch: Int) async throws -> Unannounced<Void> {
        try await transaction { sql in
            let jobs = try sql.query(
                """
                select id, state, cancel_reason from job
                where cancel_requested_at < now() - \(limit) and state <> 'finished'
                order by id limit \(batch)
                """
            ).map { try $0.decode(Int.self, JobState.self, String?.self) }
            guard !jobs.isEmpty else { return Unannounced(finished: []) }
            let finished = try sql.finishJobs(
                jobs.map { id, state, reason in
                    let doubt =
                        state == .submitted
                        ? "the lab did not confirm it" : "whether the lab has it could not be found out"
                    let words = "\(Self.canceled(reason)) (\(doubt) within \(limit.components.seconds) s)"
                    return JobEnd(jobID: id, outcome: .canceled, reason: words)
                }
            )
            return Unannounced(finished: finished)
        }
    }

    /// What is said of a canceled job.
    static func canceled(_ reason: String?) -> String { reason.map { "canceled: \($0)" } ?? "canceled" }

    private func cancel(
        reason: String?,
        _ unfinishedJobs: @escaping @Sendable (PostgresTransaction) throws -> (jobs: [Int], emptied: [FinishedJobset])
    ) async throws -> Unannounced<Cancellation> {
        let (cancellation, finished) = try await transaction { sql in
            let (jobs, emptied) = try unfinishedJobs(sql)
            guard emptied.isEmpty else {
                return (Cancellation(endedNow: 0, inLab: 0, inDoubt: 0, isFinished: true), emptied)
            }
            return try sql.cancelJobs(jobs, reason: reason)
        }
        // Apart from the rest, for lab jobs are locked before jobsets. What a crash leaves out here, the sweep does.
        if cancellation.inLab > 0 { try await markLabJobsToCancel() }
        return Unannounced(cancellation, finished: finished)
    }
}

extension PostgresTransaction {
    /// - Returns: how many jobs it has.
    @discardableResult
    func lockRunningJobset(_ id: UUID) throws -> Int {
        let rows = try query("select total, verdict from jobset where id = \(id) for no key update")
        guard let row = rows.first else { throw FleetRefusal.noSuchJobset(id: id.text) }
        let (total, verdict) = try row.decode(Int.self, Verdict?.self)
        if let verdict { throw FleetRefusal.alreadyFinished(verdict: verdict) }
        return total
    }

    /// The jobset is locked. Jobs that no lab can have heard of end, and those that were only watched where its lab is
    /// not to be told; the others are marked.
    func cancelJobs(_ jobs: [Int], reason: String?) throws -> (Cancellation, finished: [FinishedJobset]) {
        try execute("select id from job where id = any(\(jobs)) order by id for no key update")
        try execute(
            """
            update job set cancel_requested_at = now(), cancel_reason = \(reason)
            where id = any(\(jobs)) and state <> 'finished' and cancel_requested_at is null
            """
        )
        // Without an open attempt nothing was ever sent; an attempt that nobody holds and nobody doubts was given back
        // by a submitter that knew that its lab has not taken it.
        let rows = try query(
            """
            select job.id, job.state, not exists (
                select from attempt where job_id = job.id and state = 'submitting'
                    and (doubtful_since is not null or claimed_until > now())
            ) as is_unheard_of, job.cancel_reason, (
                select lab_job.number from attempt join lab_job on lab_job.attempt_id = attempt.id
                where attempt.job_id = job.id and attempt.state = 'submitted' and not lab_job.may_cancel limit 1
            ) as watched_lab_job
            from job where id = any(\(jobs)) and state <> 'finished'
            """
        ).decode(CanceledJob.self)
        let waiting = rows.filter { $0.state == .waiting }
        let watched = rows.filter { $0.watchedLabJob != nil }
        let ends = (waiting.filter(\.isUnheardOf) + watched).map {
            JobEnd(jobID: $0.id, outcome: .canceled, reason: $0.reason)
        }
        let finished = ends.isEmpty ? [] : try finishJobs(ends)
        let cancellation = Cancellation(
            endedNow: ends.count,
            inLab: rows.count - waiting.count - watched.count,
            inDoubt: waiting.count + watched.count - ends.count,
            isFinished: !finished.isEmpty
        )
        return (cancellation, finished)
    }
}

/// A job that is canceled and has not ended.
private struct CanceledJob: Decodable {
    let id: Int
    let state: JobState
    /// Whether no lab can have heard of its open attempt.
    let isUnheardOf: Bool
    let cancelReason: String?
    /// Its lab job, if that is not canceled in its lab.
    let watchedLabJob: Int?

    var reason: String {
        let rest = watchedLabJob.map { "; lab job \($0) was only watched and is left alone" } ?? ""
        return FleetStore.canceled(cancelReason) + rest
    }
}

extension PostgresTransaction {
    /// Cancels what is left of those of the jobsets of which more jobs have failed than may.
    ///
    /// The jobsets are locked. What a deadline ends is not canceled as well. A limit in percent holds once it is known
    /// of how many: when the jobset is sealed, or its total declared.
    func cancelBeyondFailures(_ ids: [UUID]) throws -> [FinishedJobset] {
        let rows = try query(
            """
            update jobset set canceled_at = now(), sealed = true,
                sealed_reason = case when sealed then sealed_reason else 'canceled' end, canceled_reason =
                failures || case when failures = 1 then ' job' else ' jobs' end || ' failed; max_failures is '
                    || coalesce(max_failures::text, max_failures_percent || '%')
            where id = any(\(ids)) and state = 'running' and canceled_at is null and deadline_passed_at is null
                and (failures > max_failures or failures::bigint * 100 > max_failures_percent::bigint
                    * case when sealed then total else declared_total end)
            returning id, canceled_reason
            """
        ).map { try $0.decode(UUID.self, String.self) }
        guard !rows.isEmpty else { return [] }
        try allowForSize()
        try recordEvent(.canceled, of: rows.map(\.0))
        return try rows.sorted { $0.0.uuidString < $1.0.uuidString }.flatMap { id, reason in
            let jobs = try query("select id from job where jobset_id = \(id) and state <> 'finished' order by id")
            let (_, finished) = try cancelJobs(try jobs.map { try $0.decode(Int.self) }, reason: reason)
            // It may have been open, with nothing left.
            return finished.isEmpty ? try finishJobsets([id]) : finished
        }
    }
}
