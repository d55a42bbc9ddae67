// SPDX-License-Identifier: Apache-2.0

public import Fleet
import Postgres

extension FleetStore {
    /// Takes parked jobs of a lab whose time has come, for a message each; the message is the caller's to send.
    ///
    /// Jobs that have an attempt come first and need no free place in the lab, for they have one. None is taken for a lab
    /// that is stopped or paused; for one whose circuit is open, one when its turn to be tried has come, and that one
    /// by preference not a job that the lab has failed on before. A message lost between this and the broker is found
    /// by the sweep.
    public func takeDueJobs(backend: String, maximumInFlight: Int, limit: Int) async throws -> [AnnouncedJob] {
        let rows = try await client.query(
            """
            with gate as (
                select case
                    when stopped_reason is not null or paused_reason is not null or probe_at > now() then 0
                    when probe_at is not null then 1
                    else \(limit)
                end as width from backend where name = \(backend)
            ), out as (
                -- places taken: by open attempts, and by messages that are out for jobs without one
                select (
                    select count(*) from (
                        select from attempt where backend = \(backend) and state <> 'ended' limit \(maximumInFlight)
                    ) as open
                ) + (
                    select count(*) from (
                        select from job where backend = \(backend) and state = 'waiting' and resume_at is null
                            and not exists (select from attempt where job_id = job.id and state = 'submitting')
                        limit \(maximumInFlight)
                    ) as announced
                ) as places
            ), fresh as (
                select job.id from job
                where backend = \(backend) and state = 'waiting' and resume_at <= now()
                    and not exists (select from attempt where job_id = job.id and state = 'submitting')
                order by resume_at, id
                limit least((select width from gate), greatest(0, \(maximumInFlight) - (select places from out)))
                for no key update skip locked
            ), begun as (
                select job.id from attempt join job on job.id = attempt.job_id
                where attempt.backend = \(backend) and attempt.state = 'submitting'
                    and job.state = 'waiting' and job.resume_at <= now()
                    and (attempt.server_errors = 0 or (select width from gate) > 1 or not exists (select from fresh))
                order by attempt.server_errors, job.resume_at, job.id
                limit (select width from gate) for no key update of job skip locked
            )
            update job set resume_at = null, announced_at = now()
            where id in (select id from begun union all select id from fresh)
            returning id
            """
        )
        return try rows.map { AnnouncedJob(id: try $0.decode(Int.self), backend: backend) }
    }

    /// Puts jobs back whose message could not be sent.
    public func putBack(_ jobs: [AnnouncedJob]) async throws {
        try await client.execute(
            "update job set resume_at = now() where id = any(\(jobs.map(\.id))) and state = 'waiting'",
            idempotent: true
        )
    }
}
