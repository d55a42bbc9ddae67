// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
import Postgres

/// How much of a lab may be taken at once.
package struct QueueTerms: Sendable, Equatable {
    /// The most attempts that the lab may have.
    package var maximumInFlight: Int
    /// The most messages that wait in its queue: what is in there has had its turn, so it is to be short.
    package var queueLength: Int

    package init(maximumInFlight: Int, queueLength: Int) {
        self.maximumInFlight = maximumInFlight
        self.queueLength = queueLength
    }
}

extension FleetStore {
    /// Takes jobs of a lab whose time has come and whose turn it is, for a message each; the message is the caller's to
    /// send.
    ///
    /// Whose turn it is ``TurnShares`` says, by what is kept of each jobset (``foldTurns(of:limit:)``): what is looked at
    /// are the jobs that are taken, and neither those that wait behind them nor those that are out.
    ///
    /// None is taken for a lab that is stopped or paused, or whose circuit is open. When such a lab's turn to be tried
    /// has come, one is. A message lost between this and the broker is found by the sweep.
    package func takeDueJobs(backend: String, terms: QueueTerms, limit: Int) async throws -> [AnnouncedJob] {
        let look = try await look(at: backend)
        guard look.hasChanges || (look.hasWaiting && look.gate != .shut) else { return [] }
        let rows = try await transaction(idempotent: false) { sql in
            try sql.takeTurn(of: backend)
            try sql.foldTurns(of: backend)
            return switch look.gate {
            case .shut: [Int]()
            case .oneJob: try sql.takeProbingJob(backend: backend)
            case .open: try sql.takeJobs(backend: backend, terms: terms, limit: limit)
            }
        }
        return rows.map { AnnouncedJob(id: $0, backend: backend) }
    }

    /// Puts jobs back whose message could not be sent.
    package func putBack(_ jobs: [AnnouncedJob]) async throws {
        try await execute(
            """
            update job set resume_at = now() where id in (
                select id from job where id = any(\(jobs.map(\.id))) order by id for no key update
            ) and state = 'waiting'
            """
        )
    }

    private func look(at backend: String) async throws -> LabLook {
        let rows = try await query(
            """
            select case
                    when stopped_reason is not null or paused_reason is not null or probe_at > now() then 'shut'
                    when probe_at is not null then 'oneJob'
                    else 'open'
                end as gate,
                exists (select from turn_change where turn_change.backend = name) as has_changes,
                exists (select from turn where turn.backend = name and waiting > 0) as has_waiting
            from backend where name = \(backend)
            """
        )
        // A lab without a row is one that nobody has registered.
        return try rows.first?.decode(LabLook.self) ?? LabLook(gate: .shut, hasChanges: false, hasWaiting: false)
    }
}

/// Whether jobs go to a lab.
enum LabGate: String, Decodable {
    case shut, oneJob, open
}

/// What is known of a lab before it is looked at closely.
private struct LabLook: Decodable {
    let gate: LabGate
    let hasChanges: Bool
    let hasWaiting: Bool
}

extension PostgresTransaction {
    /// Jobs that have an attempt come first and need no free place in the lab, for they have one.
    fileprivate func takeJobs(backend: String, terms: QueueTerms, limit: Int) throws -> [Int] {
        let begun = try takeBegunJobs(backend: backend, limit: limit)
        let places = try places(in: backend, terms: terms, limit: limit)
        guard places > 0 else { return begun }
        let holders = try holders(in: backend, limit: places)
        let shares = TurnShares.shares(of: holders, places: places)
        guard !shares.isEmpty else { return begun }
        let turns = holders.compactMap { holder in shares[holder.jobsetID].map { (holder: holder, share: $0) } }
        let rows = try query(
            """
            with due as (
                -- the first of each jobset first
                select due.id, row_number() over (
                    partition by share.jobset_id order by due.priority desc, due.resume_at, due.id
                ) as place
                from unnest(
                    \(turns.map(\.holder.jobsetID)), \(turns.map(\.share)), \(turns.map(\.holder.jobPriorities))
                ) as share (jobset_id, number, priorities) cross join lateral (
                    select ranked.* from unnest(share.priorities::integer[]) as rank (priority) cross join lateral (
                        select job.id, job.priority, job.resume_at from job
                        where backend = \(backend) and jobset_id = share.jobset_id and job.priority = rank.priority
                            and \(unsafeSQL: Self.isFresh)
                        order by resume_at, job.id limit share.number for no key update of job skip locked
                    ) as ranked limit share.number
                ) as due
            ), taken as (
                update job set resume_at = null, announced_at = now() where id in (select id from due)
                returning id
            )
            select taken.id from taken join due on due.id = taken.id order by due.place, due.id
            """
        )
        return begun + (try rows.decode(Int.self))
    }

    /// Of a `job` that is due and that no submitter has begun.
    private static let isFresh = """
        state = 'waiting' and resume_at <= now()
            and not exists (select from attempt where job_id = job.id and attempt.state = 'submitting')
        """

    /// Of a `turn`, the first job: of those that are due, the one with the highest priority that has been due longest.
    ///
    /// Each priority is looked at by itself, so that those that are not due yet are not read.
    private static let firstFreshOfTurn = """
        select first.id from unnest(coalesce(turn.job_priorities, '{\(JobPriorities.usual)}')) as rank (priority)
            cross join lateral (
                select job.id from job
                where job.backend = turn.backend and job.jobset_id = turn.jobset_id and job.priority = rank.priority
                    and \(isFresh)
                order by resume_at, job.id limit 1
            ) as first limit 1
        """

    private func takeBegunJobs(backend: String, limit: Int) throws -> [Int] {
        let rows = try query(
            """
            update job set resume_at = null, announced_at = now() where id in (
                select job.id from attempt join job on job.id = attempt.job_id
                where attempt.backend = \(backend) and attempt.state = 'submitting'
                    and job.state = 'waiting' and job.resume_at <= now()
                order by job.resume_at, job.id limit \(limit) for no key update of job skip locked
            )
            returning id
            """
        )
        return try rows.decode(Int.self)
    }

    /// How many jobs that have no attempt may get a message.
    private func places(in backend: String, terms: QueueTerms, limit: Int) throws -> Int {
        let rows = try query(
            """
            select count(*) from (
                -- messages that are out for jobs without an attempt
                select from job where backend = \(backend) and state = 'waiting' and resume_at is null
                    and not exists (select from attempt where job_id = job.id and attempt.state = 'submitting')
                limit \(terms.queueLength)
            ) as message
            """
        )
        let announced = try rows.first?.decode(Int.self) ?? 0
        let open = try openAttempts(in: backend)
        return min(limit, terms.maximumInFlight - open - announced, terms.queueLength - announced)
    }

    /// The jobsets that have jobs due, in the order of their turns. No more of them are looked at than are found, but for
    /// those that have none due: the order is that of an index, and it is given to a subquery, so that the planner doesn't
    /// look at all of them and sort what it has found.
    private func holders(in backend: String, limit: Int) throws -> [TurnHolder] {
        try query(
            """
            select turn.jobset_id, turn.priority, turn.waiting, turn.out,
                coalesce(turn.job_priorities, '{\(unsafeSQL: JobPriorities.usual)}')::text as job_priorities
            from (
                select * from turn where backend = \(backend) and waiting > 0 \(unsafeSQL: Self.inTurn) limit 10000
            ) as turn cross join lateral (\(unsafeSQL: Self.firstFreshOfTurn)) as due
            \(unsafeSQL: Self.inTurn) limit \(limit)
            """
        ).decode(TurnHolder.self)
    }

    /// The order of turns.
    private static let inTurn = "order by turn.priority desc, turn.out, turn.since, turn.jobset_id"

    /// The job that tries a lab which fails, whether it has room or not. Rather one of a jobset that it has not failed on
    /// than one that it has: a thousand jobs with a tag that LAVA does not know must not keep the others out. Rather one
    /// that it has failed on than another of the same jobset: so those that have failed stay few.
    fileprivate func takeProbingJob(backend: String) throws -> [Int] {
        let rows = try query(
            """
            with failing as (
                select distinct job.jobset_id from attempt join job on job.id = attempt.job_id
                where attempt.backend = \(backend) and attempt.state = 'submitting' and server_errors > 0
            ), candidate as (
                (select job.id, case when server_errors = 0 then 1 else 3 end as rank
                    from attempt join job on job.id = attempt.job_id
                    where attempt.backend = \(backend) and attempt.state = 'submitting'
                        and job.state = 'waiting' and job.resume_at <= now()
                    order by server_errors, job.resume_at, job.id limit 1)
                union all
                (select due.id, 2 from (
                    select * from turn where backend = \(backend) and waiting > 0
                        and jobset_id not in (select jobset_id from failing)
                    \(unsafeSQL: Self.inTurn) limit 10000
                ) as turn cross join lateral (\(unsafeSQL: Self.firstFreshOfTurn)) as due
                    \(unsafeSQL: Self.inTurn) limit 1)
                union all
                (select due.id, 4 from (
                    select * from turn where backend = \(backend) and waiting > 0
                    \(unsafeSQL: Self.inTurn) limit 10000
                ) as turn cross join lateral (\(unsafeSQL: Self.firstFreshOfTurn)) as due
                    \(unsafeSQL: Self.inTurn) limit 1)
            )
            update job set resume_at = null, announced_at = now()
            where id = (select id from candidate order by rank limit 1) and state = 'waiting' and resume_at is not null
            returning id
            """
        )
        return try rows.decode(Int.self)
    }
}
