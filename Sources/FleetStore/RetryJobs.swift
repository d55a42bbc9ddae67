// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// How long after its order a report or a callback that is not made yet keeps its jobset from being sent out again.
    package static let reportPatience: Duration = .seconds(1_800)

    /// Opens a new generation of a finished jobset: the selected jobs wait again, the others stay as they ended.
    ///
    /// How the generation before ended is kept, and all that was made of it stands: its report, and what its callbacks
    /// say however often they are still to be tried.
    ///
    /// - Throws: ``FleetRefusal``.
    package func retryJobs(of id: UUID, _ selection: RetrySelection) async throws -> Retrial {
        try await retryJobs(of: id, selection, JobFilter())
    }

    /// The same for the jobs that failed and match.
    ///
    /// - Throws: ``FleetRefusal``.
    package func retryFailedJobs(of id: UUID, _ filter: JobFilter) async throws -> Retrial {
        try await retryJobs(of: id, .failed, filter)
    }

    /// Why a jobset can't be sent out again now; `nil` when it can, as far as that is known without doing it.
    package func refusalOfRetry(of id: UUID) async throws -> FleetRefusal? {
        try await transaction { sql in
            do {
                _ = try sql.finishedJobset(id, locks: false)
                return nil
            } catch let refusal as FleetRefusal {
                return refusal
            }
        }
    }

    private func retryJobs(of id: UUID, _ selection: RetrySelection, _ filter: JobFilter) async throws -> Retrial {
        try await transaction(idempotent: false) { sql in
            try sql.allowForSize()
            let (generation, total) = try sql.finishedJobset(id, locks: true)
            let jobs = try sql.jobs(of: id, selection, filter, total: total)
            try sql.keepEnds(of: id, jobs: jobs)
            try sql.startGeneration(generation + 1, of: id, jobs: jobs)
            return Retrial(generation: generation + 1, jobs: jobs.count)
        }
    }
}

extension PostgresTransaction {
    /// The generation that has ended, and how many jobs the jobset has.
    ///
    /// - Throws: ``FleetRefusal`` when it can't be sent out again.
    fileprivate func finishedJobset(_ id: UUID, locks: Bool) throws -> (generation: Int, total: Int) {
        let rows = try query(
            """
            select state, pending, generation, total, case when definitions_removed_at is not null then 'definitions'
                when results_removed_at is not null then 'results' end as removed
            from jobset where id = \(id) \(unsafeSQL: locks ? "for no key update" : "")
            """
        )
        guard let row = rows.first else { throw FleetRefusal.noSuchJobset(id: id.text) }
        let (state, pending, generation, total, removed) = try row.decode(
            JobsetState.self,
            Int.self,
            Int.self,
            Int.self,
            Retention.Part?.self
        )
        guard state == .finished else { throw FleetRefusal.stillRunning(jobset: id.text, pending: pending) }
        if let removed { throw FleetRefusal.noLongerKept(jobset: id.text, part: removed) }
        // Both tell of rows that are about to change, and both are a matter of seconds. What is not made for long, or a
        // report that could not be made, is given up: nothing keeps a person waiting for ever.
        let unmade = try query(
            """
            select 1 from delivery join jobset on jobset.id = jobset_id
            where jobset_id = \(id) and delivery.generation = \(generation) and delivery.state = 'due' and (
                (kind = 'report' and tries < earlier_tries + 3)
                or (kind = 'callback' and event = 'finished' and body is null
                    and callback ->> 'payload' is null and coalesce(callback ->> 'method', '') <> \(CallbackMethod.get))
                or (kind = 'webhook' and event = 'finished' and body is null and tries < earlier_tries + 3)
            ) and delivery.created_at > now() - \(FleetStore.reportPatience) limit 1
            """
        )
        guard unmade.isEmpty else { throw FleetRefusal.reportPending(jobset: id.text) }
        return (generation, total)
    }

    fileprivate func jobs(
        of id: UUID,
        _ selection: RetrySelection,
        _ filter: JobFilter,
        total: Int
    ) throws -> [Int] {
        let positions: [Int]? = if case .jobs(let positions) = selection { positions.sorted() } else { nil }
        let onlyFailed = selection == .failed
        let rows = try query(
            """
            select id, position, exists (
                select from job_definition as known
                where known.jobset_id = job.jobset_id and known.position = job.position
            ) from job
            where jobset_id = \(id) and (\(positions == nil) or position in (select unnest(\(positions ?? []))))
                and (not \(onlyFailed) or outcome <> 'complete' or tests_fail > 0)
                and \(fragment: filter.conditions)
            order by id for no key update
            """
        ).map { try $0.decode(Int.self, Int.self, Bool.self) }
        let isDefined = Dictionary(rows.map { ($0.1, $0.2) }, uniquingKeysWith: { first, _ in first })
        for position in positions ?? [] {
            guard let isDefined = isDefined[position] else {
                throw FleetRefusal.noSuchJob(jobset: id.text, position: position, total: total)
            }
            guard isDefined else { throw FleetRefusal.watched(position: position) }
        }
        let again = rows.filter(\.2)
        guard !again.isEmpty else { throw FleetRefusal.nothingFailed }
        return again.map(\.0)
    }

    fileprivate func keepEnds(of id: UUID, jobs: [Int]) throws {
        try execute(
            """
            insert into jobset_end
                (jobset_id, generation, verdict, canceled_at, canceled_reason, deadline_passed_at, finished_at)
            select id, generation, verdict, canceled_at, canceled_reason, deadline_passed_at, finished_at
            from jobset where id = \(id)
            """
        )
        try execute(
            """
            insert into job_end (job_id, generation, outcome, reason, tests_pass, tests_fail, tests_xfail, tests_skip,
                tests_unknown, finished_at)
            select job.id, jobset.generation, outcome, reason, tests_pass, tests_fail, tests_xfail, tests_skip,
                tests_unknown, job.finished_at
            from job join jobset on jobset.id = job.jobset_id where job.id = any(\(jobs))
            """
        )
        try execute("delete from job_known_issue where job_id = any(\(jobs))")
    }

    /// The second of the two transitions that change `pending`: from finished to waiting, in one statement with it.
    fileprivate func startGeneration(_ generation: Int, of id: UUID, jobs: [Int]) throws {
        try execute(
            """
            with again as (
                update job set state = 'waiting', outcome = null, reason = null, finished_at = null,
                    generation = \(generation), resume_at = now(), waiting_since = now(),
                    tests_pass = 0, tests_fail = 0, tests_xfail = 0, tests_skip = 0, tests_unknown = 0,
                    cancel_requested_at = null, cancel_reason = null
                where id = any(\(jobs)) and state = 'finished'
                returning id
            )
            update jobset set state = 'running', verdict = null, finished_at = null, generation = \(generation),
                -- it will have another
                reports_removed_at = null,
                pending = (select count(*) from again),
                failures = (
                    select count(*) from job
                    where jobset_id = \(id) and not exists (select from again where again.id = job.id)
                        and \(unsafeSQL: Self.isFailure)
                ),
                missing = (
                    select count(*) from job
                    where jobset_id = \(id) and not exists (select from again where again.id = job.id)
                        and \(unsafeSQL: Self.isMissing)
                ),
                canceled = (
                    select count(*) from job
                    where jobset_id = \(id) and not exists (select from again where again.id = job.id)
                        and outcome = 'canceled'
                ),
                canceled_at = null, canceled_reason = null, deadline_passed_at = null, generation_started_at = now(),
                deadline = now() + make_interval(secs => timeout_seconds)
            where id = \(id)
            """
        )
    }
}
