// SPDX-License-Identifier: Apache-2.0

package import Fleet
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
    /// The jobsets of the highest priority come first. Among them it is the turn of whichever has the fewest jobs out,
    /// so that they share the lab in equal parts, whatever their sizes.
    ///
    /// None is taken for a lab that is stopped or paused, or whose circuit is open. When such a lab's turn to be tried
    /// has come, one is. A message lost between this and the broker is found by the sweep.
    package func takeDueJobs(backend: String, terms: QueueTerms, limit: Int) async throws -> [AnnouncedJob] {
        let rows =
            switch try await gate(of: backend) {
            case .shut: [Int]()
            case .oneJob: try await takeProbingJob(backend: backend)
            case .open: try await takeJobs(backend: backend, terms: terms, limit: limit)
            }
        return rows.map { AnnouncedJob(id: $0, backend: backend) }
    }

    enum Gate: String {
        case shut, oneJob, open
    }

    private func gate(of backend: String) async throws -> Gate {
        let rows = try await query(
            """
            select case
                when stopped_reason is not null or paused_reason is not null or probe_at > now() then 'shut'
                when probe_at is not null then 'oneJob'
                else 'open'
            end from backend where name = \(backend)
            """
        )
        // A lab without a row is one that nobody has registered.
        return try rows.first?.decode(Gate.self) ?? .shut
    }

    /// Jobs that have an attempt come first and need no free place in the lab, for they have one.
    private func takeJobs(backend: String, terms: QueueTerms, limit: Int) async throws -> [Int] {
        let rows = try await query(
            """
            with recursive lab as (
                select \(backend)::text as name
            ), announced as (
                -- messages that are out for jobs without an attempt
                select count(*) as number from (
                    select from job where backend = \(backend) and state = 'waiting' and resume_at is null
                        and not exists (select from attempt where job_id = job.id and state = 'submitting')
                    limit greatest(\(terms.maximumInFlight), \(terms.queueLength))
                ) as message
            ), open as (
                select count(*) as number from (
                    select from attempt where backend = \(backend) and state <> 'ended' limit \(terms.maximumInFlight)
                ) as attempt
            ), room as (
                select greatest(0, least(
                    \(limit), \(terms.maximumInFlight) - open.number - announced.number,
                    \(terms.queueLength) - announced.number
                )) as places from announced, open
            ), begun as (
                select job.id from attempt join job on job.id = attempt.job_id
                where attempt.backend = \(backend) and attempt.state = 'submitting'
                    and job.state = 'waiting' and job.resume_at <= now()
                order by job.resume_at, job.id limit \(limit) for no key update of job skip locked
            ), \(unsafeSQL: Self.holder), out as (
                select jobset_id, count(*) as number from job
                where backend = \(backend) and (state = 'submitted' or (state = 'waiting' and resume_at is null))
                group by jobset_id
            ), turn as (
                select due.id from holder
                    join jobset on jobset.id = holder.jobset_id
                    left join out on out.jobset_id = holder.jobset_id
                    cross join lateral (
                        select job.id, resume_at, row_number() over (order by resume_at, job.id) as place from job
                        where backend = \(backend) and jobset_id = holder.jobset_id
                            and state = 'waiting' and resume_at <= now()
                            and not exists (select from attempt where job_id = job.id and state = 'submitting')
                        order by resume_at, job.id limit (select places from room)
                    ) as due
                order by jobset.priority desc, coalesce(out.number, 0) + due.place, due.resume_at, due.id
                limit (select places from room)
            ), fresh as (
                select id from job where id = any(array(select id from turn))
                    and state = 'waiting' and resume_at is not null
                for no key update skip locked
            )
            update job set resume_at = null, announced_at = now()
            where id in (select id from begun union all select id from fresh)
            returning id
            """,
            idempotent: false
        )
        return try rows.decode(Int.self)
    }

    /// The jobsets that have waiting jobs for the lab named in `lab`, by one look into the index for each.
    private static let holder = """
        holder as (
            (select jobset_id from job
                where backend = (select name from lab) and state = 'waiting' and resume_at is not null
                order by jobset_id limit 1)
            union all
            select (
                select job.jobset_id from job
                where backend = (select name from lab) and state = 'waiting' and resume_at is not null
                    and job.jobset_id > holder.jobset_id
                order by job.jobset_id limit 1
            ) from holder where holder.jobset_id is not null
        )
        """

    /// The job that tries a lab which fails, whether it has room or not. Rather one of a jobset that it has not failed on
    /// than one that it has: a thousand jobs with a tag that LAVA does not know must not keep the others out. Rather one
    /// that it has failed on than another of the same jobset: so those that have failed stay few.
    private func takeProbingJob(backend: String) async throws -> [Int] {
        let rows = try await query(
            """
            with recursive lab as (
                select \(backend)::text as name
            ), failing as (
                select distinct job.jobset_id from attempt join job on job.id = attempt.job_id
                where attempt.backend = \(backend) and attempt.state = 'submitting' and server_errors > 0
            ), \(unsafeSQL: Self.holder), fresh as (
                -- of each jobset the one that has been due longest
                select due.* from holder cross join lateral (
                    select id, jobset_id, resume_at from job
                    where backend = \(backend) and jobset_id = holder.jobset_id
                        and state = 'waiting' and resume_at <= now()
                        and not exists (select from attempt where job_id = job.id and state = 'submitting')
                    order by resume_at, id limit 1
                ) as due
            ), candidate as (
                (select job.id, case when server_errors = 0 then 1 else 3 end as rank
                    from attempt join job on job.id = attempt.job_id
                    where attempt.backend = \(backend) and attempt.state = 'submitting'
                        and job.state = 'waiting' and job.resume_at <= now()
                    order by server_errors, job.resume_at, job.id limit 1)
                union all
                (select id, 2 from fresh where jobset_id not in (select jobset_id from failing)
                    order by resume_at, id limit 1)
                union all
                (select id, 4 from fresh order by resume_at, id limit 1)
            )
            update job set resume_at = null, announced_at = now()
            where id = (select id from candidate order by rank limit 1) and state = 'waiting' and resume_at is not null
            returning id
            """,
            idempotent: false
        )
        return try rows.decode(Int.self)
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
}
