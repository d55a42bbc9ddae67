// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
import Postgres

/// A job that has come to its end.
package struct JobEnd: Sendable, Equatable {
    /// The job's row.
    package let jobID: Int
    package let outcome: JobOutcome
    /// Why it did not complete, in the lab's words where there are any; of a complete job, what is odd about it.
    package let reason: String?
    /// What its test cases said.
    package let tests: TestCounts

    /// An end of the job with row `jobID`.
    package init(jobID: Int, outcome: JobOutcome, reason: String?, tests: TestCounts = TestCounts()) {
        self.jobID = jobID
        self.outcome = outcome
        self.reason = reason.map(\.storable)
        self.tests = tests
    }
}

extension FleetStore {
    /// Brings jobs to their end, counts them, and finishes the jobsets that have none left.
    ///
    /// - Returns: the jobsets finished by this very call. A job that had ended before changes nothing, so a repeat
    ///   of the call returns nothing.
    package func finishJobs(_ ends: [JobEnd]) async throws -> [FinishedJobset] {
        guard !ends.isEmpty else { return [] }
        return try await transaction { sql in try sql.finishJobs(ends) }
    }
}

/// The counter. A job's transition into its end and what that takes from `jobset.pending` are one statement, and no other
/// takes from it. Only `AddJobs` and `RetryJobs` add to it, in the transaction that makes the jobs wait.
extension PostgresTransaction {
    func finishJobs(_ ends: [JobEnd]) throws -> [FinishedJobset] {
        var once: [Int: JobEnd] = [:]
        for end in ends where once[end.jobID] == nil { once[end.jobID] = end }
        let ends = once.values.sorted { $0.jobID < $1.jobID }
        try lockJobsets(ofJobs: ends.map(\.jobID))
        try lockJobs(ends.map(\.jobID))
        let rows = try query(
            """
            with ending as (
                select * from unnest(
                    \(ends.map(\.jobID)), \(ends.map(\.outcome)), \(ends.map(\.reason)),
                    \(ends.map(\.tests.pass)), \(ends.map(\.tests.fail)), \(ends.map(\.tests.xfail)),
                    \(ends.map(\.tests.skip)), \(ends.map(\.tests.unknown))
                ) as ending (job_id, outcome, reason, pass, fail, xfail, skip, unknown)
            ), ended as (
                update job set
                    state = 'finished', outcome = ending.outcome, reason = ending.reason, resume_at = null,
                    tests_pass = ending.pass, tests_fail = ending.fail, tests_xfail = ending.xfail,
                    tests_skip = ending.skip, tests_unknown = ending.unknown, finished_at = now()
                from ending
                where job.id = ending.job_id and \(unsafeSQL: Self.isTransition)
                returning job.id, job.jobset_id, job.outcome, job.tests_fail
            ), closed as (
                update attempt set state = 'ended', ended_at = now(), claimed_by = null, claimed_until = null,
                    outcome = ending.outcome, reason = ending.reason, \(unsafeSQL: Self.endOfDoubt)
                from ended join ending on ending.job_id = ended.id
                where attempt.job_id = ended.id and attempt.state <> 'ended'
            ), counted as (
                select jobset_id, count(*) as jobs, count(*) filter (where \(unsafeSQL: Self.isFailure)) as failures,
                    count(*) filter (where \(unsafeSQL: Self.isMissing)) as missing,
                    count(*) filter (where outcome = 'canceled') as canceled
                from ended group by jobset_id
            )
            update jobset set pending = \(unsafeSQL: Self.counter) - counted.jobs,
                failures = jobset.failures + counted.failures, missing = jobset.missing + counted.missing,
                canceled = jobset.canceled + counted.canceled
            from counted where jobset.id = counted.jobset_id
            returning jobset.id, jobset.pending = 0, counted.failures > 0
            """
        ).map { try $0.decode(UUID.self, Bool.self, Bool.self) }
        let failed = rows.filter(\.2).map(\.0)
        if !failed.isEmpty { try recordFirstFailures(of: failed, among: ends.map(\.jobID)) }
        let atZero = rows.filter(\.1).map(\.0)
        let finished = atZero.isEmpty ? [] : try finishJobsets(atZero)
        return failed.isEmpty ? finished : finished + (try cancelBeyondFailures(failed))
    }

    /// Whether an ended job keeps its jobset from passing, though nobody canceled it.
    static let isFailure = "outcome <> 'canceled' and (outcome <> 'complete' or tests_fail > 0)"

    /// Whether an ended job is missing, as `JobOutcome.isMissing` says.
    static let isMissing = "outcome in ('incomplete', 'lost', 'expired', 'undeliverable')"

    /// What makes it a step into the end; a mistake of the tests has any mention of a job be one.
    private static var isTransition: String {
        Mutant.isActive(.decrementOnRepeat) ? "true" : "job.state <> 'finished'"
    }

    /// What is counted down: the row's own number, as whoever held it before has left it; a mistake of the tests takes
    /// what stood there when the statement began.
    private static var counter: String {
        Mutant.isActive(.readThenWriteCounter)
            ? "(select pending from jobset as seen where seen.id = jobset.id)" : "jobset.pending"
    }

    /// Finishes those of the jobsets whose counter is at zero, and writes what is to be delivered.
    ///
    /// The jobsets' rows must be locked, or be new in this transaction.
    func finishJobsets(_ ids: [UUID]) throws -> [FinishedJobset] {
        let rows = try query(
            """
            with finished as (
                update jobset set state = 'finished', finished_at = now(), verdict = (
                    select case
                        when canceled_at is not null and (
                            count(*) filter (where outcome = 'canceled') > 0 or sealed_reason = 'canceled'
                        ) then 'canceled'
                        -- whatever is missing: a lab's fault hides nothing, and a refused definition is not its fault
                        when coalesce(sum(tests_fail), 0) > 0 or count(*) filter (where outcome = 'rejected') > 0
                            then 'failed'
                        when count(*) filter (where outcome <> 'complete') > 0 then 'incomplete'
                        -- jobs that were to come have not: not all that it was to test was tested
                        when deadline_passed_at is not null or (sealed_reason is not null and declared_total > total)
                            then 'incomplete'
                        else 'passed'
                    end from job where job.jobset_id = jobset.id
                )
                where id = any(\(ids)) and state = 'running' and sealed and pending = 0
                returning id, generation, callback
            ), deliveries as (
                insert into delivery (jobset_id, generation, event, kind, receiver)
                select id, generation, 'finished', 'report', 'archive' from finished
                union all
                select id, generation, 'finished', 'callback', callback ->> 'url' from finished
                where callback is not null and coalesce(callback -> 'events', '["finished"]') @> '["finished"]'
                on conflict do nothing
            )
            select id, generation from finished
            """
        )
        return try rows.map { row in
            let (id, generation) = try row.decode(UUID.self, Int.self)
            return FinishedJobset(id: id, generation: generation)
        }
    }

    /// Jobset rows are locked in id order before anything of theirs is counted, so that two flushes neither wait for
    /// one another in a circle nor both see the other's last job as unfinished.
    func lockJobsets(ofJobs jobIDs: [Int]) throws {
        guard !Mutant.isActive(.readThenWriteCounter) else { return }
        try execute(
            """
            select id from jobset where id in (select jobset_id from job where id = any(\(jobIDs)))
            order by id for no key update
            """
        )
    }

    /// A job that is not in a lab may be claimed at this very moment. The attempt of such a claim is there for the
    /// statement that ends the jobs only if it begins when the claim is committed; otherwise it would stay open, and
    /// the job would run in its lab after its end.
    private func lockJobs(_ ids: [Int]) throws {
        try execute("select id from job where id = any(\(ids)) order by id for no key update")
    }

    /// The same for whatever is to be said of the jobs that lab jobs belong to.
    func lockJobsets(ofLabJobs ids: [Int]) throws {
        guard !Mutant.isActive(.readThenWriteCounter) else { return }
        try execute(
            """
            select id from jobset where id in (
                select job.jobset_id from lab_job
                    join attempt on attempt.id = lab_job.attempt_id
                    join job on job.id = attempt.job_id
                where lab_job.id = any(\(ids))
            ) order by id for no key update
            """
        )
    }
}
