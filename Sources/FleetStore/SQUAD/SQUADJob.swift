// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A test job as SQUAD's clients know it: a number, given before the job is there, and where the job is.
package struct SQUADJob: Sendable, Equatable, Decodable {
    package let id: Int
    /// The number of its build.
    package let buildID: Int
    /// The jobset that it is in.
    package let jobset: UUID
    /// Its place there; `nil` until ingest has taken it in.
    package let position: Int?
    /// Why ingest has refused it, if it has.
    package let refusal: String?
    /// When it was asked for.
    package let createdAt: Date
}

extension FleetStore {
    /// How long a test job is waited for whose addition has not come in: longer, and its gateway has died before it
    /// published it.
    private static let onTheWay = "interval '1 hour'"

    /// Gives a test job its number, before it is published: as the only job of this addition to this jobset. The same
    /// addition to the same build has the number and the jobset that it has had before.
    ///
    /// - Returns: `nil` when the jobset takes no jobs any more.
    package func numberSquadJob(build: Int, jobset: UUID, addition: UUID) async throws -> SQUADJob? {
        // The lock keeps a seal away that has not seen the number: either the seal is seen here, or the number there.
        let rows = try await query(
            """
            with takes as (
                select id from jobset where id = \(jobset) and state = 'running' and not sealed for share
            ), numbered as (
                insert into squad_job (build_id, jobset_id, addition_id)
                select \(build), id, \(addition) from takes
                on conflict (build_id, addition_id) do nothing
                returning *
            )
            select id, build_id, jobset_id as jobset, null::bigint as position, null::text as refusal, created_at from (
                select * from numbered
                union select * from squad_job where build_id = \(build) and addition_id = \(addition)
            ) as either
            """
        )
        return try rows.first?.decode(SQUADJob.self)
    }

    /// Takes back the number of a test job that was refused; one whose job is there keeps it.
    package func dropSquadJob(_ id: Int) async throws {
        try await execute(
            """
            delete from squad_job where id = \(id) and not exists (
                select from jobset_addition
                where jobset_addition.jobset_id = squad_job.jobset_id and jobset_addition.id = squad_job.addition_id
            )
            """
        )
    }

    /// The test job of that number; `nil` when there is none.
    package func squadJob(id: Int) async throws -> SQUADJob? {
        try await squadJobs(id: id, build: nil, limit: 1, offset: 0).items.first
    }

    /// A page of a build's test jobs, latest first. Jobs that came into its jobset in another way have numbers too.
    package func squadJobs(ofBuild build: SQUADBuild, limit: Int, offset: Int) async throws -> SQUADPage<SQUADJob> {
        try await numberOtherJobs(of: build)
        return try await squadJobs(id: nil, build: build.id, limit: limit, offset: offset)
    }

    /// Whether a row of `squad_job` still waits for its addition.
    fileprivate static let isOnTheWay = """
        (squad_job.addition_id is not null and squad_job.created_at > now() - \(onTheWay)
            and not exists (
                select from jobset_addition
                where jobset_addition.jobset_id = squad_job.jobset_id and jobset_addition.id = squad_job.addition_id
            )
            and not exists (
                select from rejected_document where message_id = squad_job.addition_id::text
                    and coalesce(rejected_document.jobset_id = squad_job.jobset_id, true)
            ))
        """

    /// The jobs of these test jobs, by the test jobs' numbers; those that are not in yet have none.
    package func jobs(of testJobs: [SQUADJob]) async throws -> [Int: Job] {
        var jobs: [Int: Job] = [:]
        for (jobset, here) in Dictionary(grouping: testJobs.filter { $0.position != nil }, by: \.jobset) {
            var filter = JobFilter()
            filter.positions = here.compactMap(\.position)
            let found = try await self.jobs(of: jobset, filter)
            let byPosition = Dictionary(found.map { ($0.position, $0) }) { first, _ in first }
            for testJob in here { jobs[testJob.id] = testJob.position.flatMap { byPosition[$0] } }
        }
        return jobs
    }

    private func squadJobs(id: Int?, build: Int?, limit: Int, offset: Int) async throws -> SQUADPage<SQUADJob> {
        let rows = try await query(
            """
            with matching as (
                select * from squad_job
                where (\(id) is null or id = \(id)) and (\(build) is null or build_id = \(build))
            )
            select count.number, page.id, build_id, page.jobset_id as jobset, page.created_at,
                coalesce(page.position, jobset_addition.first_position) as position,
                case when coalesce(page.position, jobset_addition.first_position) is null then coalesce(
                    (
                        select problem ->> 'detail' from rejected_document
                        where message_id = addition_id::text
                            and coalesce(rejected_document.jobset_id = page.jobset_id, true)
                        order by id desc limit 1
                    ),
                    -- refused documents are removed some day; no message is on its way for so long
                    case when page.created_at < now() - interval '7 days'
                        then 'it was not accepted; the reason is not stored any longer' end
                ) end as refusal
            from (select count(*) as number from matching) as count left join (
                select * from matching order by id desc limit \(limit) offset \(offset)
            ) as page on true
                left join jobset_addition
                    on jobset_addition.jobset_id = page.jobset_id and jobset_addition.id = addition_id
            order by page.id desc
            """
        )
        return try SQUADPage(rows)
    }

    private func numberOtherJobs(of build: SQUADBuild) async throws {
        try await execute(
            """
            insert into squad_job (build_id, jobset_id, position)
            select \(build.id), jobset_id, position from job
            where jobset_id = \(build.jobset) and position not in (
                select coalesce(squad_job.position, jobset_addition.first_position)
                from squad_job left join jobset_addition
                    on jobset_addition.jobset_id = squad_job.jobset_id and jobset_addition.id = addition_id
                where squad_job.jobset_id = \(build.jobset)
                    and coalesce(squad_job.position, jobset_addition.first_position) is not null
            )
            order by position
            on conflict do nothing
            """
        )
    }
}

extension PostgresTransaction {
    /// The jobsets of those test jobs that have a number, and whose addition is neither in nor refused. The jobsets'
    /// rows must be locked: then no number is given out meanwhile, and those of before are seen.
    func squadJobsOnTheWay(to jobsets: [UUID]) throws -> [UUID] {
        try query(
            """
            select jobset_id from squad_job where jobset_id = any(\(jobsets)) and \(unsafeSQL: FleetStore.isOnTheWay)
            """
        ).decode(UUID.self)
    }
}
