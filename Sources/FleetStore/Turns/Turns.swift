// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres

/// What is kept of each jobset that has jobs waiting for a lab, or out: so that nobody counts them to fill its queue.
///
/// Triggers note every change of jobs and attempts as a row of `turn_change` (schema step 20), in the transaction that
/// makes it. Those rows and what they were added up to (`turn`, `lab_load`) together are the truth at every moment.
extension PostgresTransaction {
    /// The most changes that are added up at once.
    private static let changesAtOnce = 10_000

    /// Whoever fills the queue of a lab does so alone, until the end of the transaction. It is the first lock of its
    /// transaction, and nobody who has a row waits for it.
    func takeTurn(of backend: String) throws {
        try execute("select pg_advisory_xact_lock(hashtext('muster.turn'), hashtext(\(backend)))")
    }

    /// Adds up what has changed in a lab. The lab's turn is the caller's.
    func foldTurns(of backend: String) throws {
        try execute(
            """
            with change as (
                delete from turn_change where (backend, id) in (
                    select backend, id from turn_change where backend = \(backend)
                    order by id limit \(Self.changesAtOnce)
                )
                returning jobset_id, waiting, out, attempts
            ), load as (
                insert into lab_load (backend, attempts)
                select \(backend), sum(attempts) from change having sum(attempts) <> 0
                on conflict (backend) do update set attempts = lab_load.attempts + excluded.attempts
            ), summed as (
                select change.jobset_id, sum(change.waiting) as waiting, sum(change.out) as out
                from change where jobset_id is not null group by change.jobset_id
            ), next as (
                select summed.jobset_id, coalesce(jobset.priority, 0) as priority, jobset.job_priorities,
                    summed.waiting + coalesce(turn.waiting, 0) as waiting, summed.out + coalesce(turn.out, 0) as out
                from summed left join jobset on jobset.id = summed.jobset_id
                    left join turn on turn.backend = \(backend) and turn.jobset_id = summed.jobset_id
            ), over as (
                delete from turn using next
                where turn.backend = \(backend) and turn.jobset_id = next.jobset_id and next.waiting = 0 and next.out = 0
            )
            insert into turn (backend, jobset_id, priority, job_priorities, waiting, out)
            select \(backend), jobset_id, priority, job_priorities, waiting, out from next where waiting <> 0 or out <> 0
            on conflict (backend, jobset_id)
                do update set priority = excluded.priority, job_priorities = excluded.job_priorities,
                    waiting = excluded.waiting, out = excluded.out
            """
        )
    }

    /// How many attempts of a lab have not ended.
    func openAttempts(in backend: String) throws -> Int {
        try query(
            """
            select (coalesce((select attempts from lab_load where backend = \(backend)), 0)
                + coalesce((select sum(attempts) from turn_change where backend = \(backend)), 0))::bigint
            """
        ).first?.decode(Int.self) ?? 0
    }

    /// Has the next one that fills a queue look at what has changed of a jobset itself: its priority.
    func noteChange(of jobset: UUID) throws {
        try execute(
            """
            insert into turn_change (backend, jobset_id)
            select distinct backend, jobset_id from jobset_environment where jobset_id = \(jobset)
            """
        )
    }
}

extension FleetStore {
    /// Counts the jobs and attempts that have not ended, and corrects what is kept of them. There should never be
    /// anything to correct.
    ///
    /// - Returns: how many counts were wrong.
    package func correctTurns() async throws -> Int {
        try await transaction(idempotent: false) { sql in
            // Two that count at once would both correct the same.
            try sql.execute("select pg_advisory_xact_lock(hashtext('muster.recount'))")
            try sql.noteMissedPriorities()
            return try sql.correctTurns()
        }
    }
}

extension PostgresTransaction {
    /// Has the jobsets looked at whose jobs have other priorities than is kept: a version that knows none of them has
    /// written the row.
    fileprivate func noteMissedPriorities() throws {
        try execute(
            """
            insert into turn_change (backend, jobset_id)
            select backend, jobset_id from turn join jobset on jobset.id = turn.jobset_id
            where turn.job_priorities is distinct from jobset.job_priorities
            """
        )
    }

    fileprivate func correctTurns() throws -> Int {
        try execute(
            """
            with counted as (
                select backend, jobset_id,
                    count(*) filter (where state = 'waiting' and resume_at is not null) as waiting,
                    count(*) filter (where state = 'submitted' or resume_at is null) as out, 0::bigint as attempts
                from job where state <> 'finished' group by backend, jobset_id
                union all
                select backend, null, 0, 0, count(*) from attempt where state <> 'ended' group by backend
            ), kept as (
                select backend, jobset_id, waiting, out, 0::bigint as attempts from turn
                union all select backend, null, 0, 0, attempts from lab_load
                union all select backend, jobset_id, waiting, out, attempts from turn_change
            )
            insert into turn_change (backend, jobset_id, waiting, out, attempts)
            select backend, jobset_id, sum(waiting), sum(out), sum(attempts) from (
                select * from counted
                union all select backend, jobset_id, -waiting, -out, -attempts from kept
            ) as difference
            group by backend, jobset_id having sum(waiting) <> 0 or sum(out) <> 0 or sum(attempts) <> 0
            """
        )
    }
}
