// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A build as SQUAD's clients know it: a number, and behind it one jobset after the other.
package struct SQUADBuild: Sendable, Equatable {
    package let id: Int
    /// The number of its project.
    package let projectID: Int
    /// What it is called here.
    package let build: Build
    /// The jobset that takes what is submitted now; it need not be there yet.
    package let jobset: UUID
    /// The jobset before that, if there was one.
    package let previousJobset: UUID?
    /// How that jobset stands.
    package let standing: Standing
    /// When it was first heard of.
    package let createdAt: Date

    /// How a build's present jobset stands.
    package enum Standing: Sendable, Equatable {
        /// It is not there yet.
        case missing
        /// It takes jobs.
        case open
        /// It is sealed, and its jobs have not all ended.
        case sealed
        case finished
    }

    /// Whether all of it has come back.
    package var isFinished: Bool { standing == .finished }
}

extension FleetStore {
    /// The build of that name, which is given a number if it has none.
    package func squadBuild(_ build: Build) async throws -> SQUADBuild {
        if let known = try await squadBuilds(SQUADFilter(build)).items.first { return known }
        // Of several that do this at once one makes the rows, and the others find them.
        try await execute(
            "insert into squad_group (slug) values (\(build.group)) on conflict do nothing"
        )
        try await execute(
            """
            insert into squad_project (group_id, slug)
            select id, \(build.project) from squad_group where slug = \(build.group)
            on conflict do nothing
            """
        )
        try await execute(
            """
            insert into squad_build (project_id, version)
            select squad_project.id, \(build.version)
            from squad_project join squad_group on squad_group.id = group_id
            where squad_group.slug = \(build.group) and squad_project.slug = \(build.project)
            on conflict do nothing
            """
        )
        guard let made = try await squadBuilds(SQUADFilter(build)).items.first else { throw VanishedSQUADBuild() }
        return made
    }

    /// The build of that number; `nil` when there is none.
    package func squadBuild(id: Int) async throws -> SQUADBuild? {
        var filter = SQUADFilter()
        filter.id = id
        return try await squadBuilds(filter).items.first
    }

    /// A page of the builds that a filter lets through, latest first unless it says otherwise, and how many there are on all pages.
    package func squadBuilds(_ filter: SQUADFilter) async throws -> SQUADPage<SQUADBuild> {
        let scopes = ScopeLists(filter.scopes)
        let rows = try await query(
            """
            with matching as (
                select squad_build.id, project_id, squad_group.slug as build_group,
                    squad_project.slug as build_project, version, squad_build.jobset_id, previous_jobset_id,
                    squad_build.created_at, jobset.state, jobset.sealed
                from squad_build
                    join squad_project on squad_project.id = project_id
                    join squad_group on squad_group.id = group_id
                    left join jobset on jobset.id = squad_build.jobset_id
                where (\(filter.id) is null or squad_build.id = \(filter.id))
                    and (\(filter.projectID) is null or project_id = \(filter.projectID))
                    and (\(filter.build?.group) is null or squad_group.slug = \(filter.build?.group))
                    and (\(filter.build?.project) is null or squad_project.slug = \(filter.build?.project))
                    and (\(filter.slug) is null or version = \(filter.slug))
                    and (\(filter.before) is null or squad_build.id < \(filter.before))
                    and (\(filter.after) is null or squad_build.id > \(filter.after))
                    and (not \(filter.isFinished) or jobset.state = 'finished')
                    and (\(scopes.isAll) or squad_group.slug = any(\(scopes.groups))
                        or squad_group.slug || '/' || squad_project.slug = any(\(scopes.projects)))
            )
            select count.number, page.* from (select count(*) as number from matching) as count left join (
                select * from matching order by case when \(filter.after) is null then - id else id end
                limit \(filter.limit) offset \(filter.offset)
            ) as page on true order by case when \(filter.after) is null then - page.id else page.id end
            """
        )
        let page = try SQUADPage<NumberedBuild>(rows)
        return SQUADPage(count: page.count, items: page.items.compactMap(\.build))
    }

    /// Has a build go on with another jobset, unless it has gone on from `jobset` already.
    package func moveOn(squadBuild id: Int, from jobset: UUID) async throws {
        try await execute(
            """
            update squad_build set jobset_id = gen_random_uuid(), previous_jobset_id = jobset_id
            where id = \(id) and jobset_id = \(jobset)
            """
        )
    }

    /// What a jobset calls when it has finished; `nil` where that is nothing, or there is no such jobset.
    package func callback(of jobset: UUID) async throws -> CallbackRequest? {
        try await query(
            "select callback from jobset where id = \(jobset) and callback is not null"
        ).first?.decode(PostgresJSON<CallbackRequest>.self).value
    }

    /// Somebody has removed what was just made.
    private struct VanishedSQUADBuild: Error {}
}

/// A build as its rows have it.
private struct NumberedBuild: Decodable {
    let id: Int
    let projectID: Int
    let buildGroup: String
    let buildProject: String
    let version: String
    let jobsetID: UUID
    let previousJobsetID: UUID?
    let createdAt: Date
    let state: JobsetState?
    let sealed: Bool?

    /// `nil` of one whose name is none.
    var build: SQUADBuild? {
        Build(group: buildGroup, project: buildProject, version: version).map { build in
            SQUADBuild(
                id: id,
                projectID: projectID,
                build: build,
                jobset: jobsetID,
                previousJobset: previousJobsetID,
                standing: standing,
                createdAt: createdAt
            )
        }
    }

    private var standing: SQUADBuild.Standing {
        switch state {
        case nil: .missing
        case .finished: .finished
        case .running: sealed == true ? .sealed : .open
        }
    }
}

/// All jobsets of a build of SQUAD's taken together.
package struct SQUADBuildTotals: Sendable, Equatable {
    /// Whether all of them have finished.
    package let isFinished: Bool
    /// When the last of them did.
    package let finishedAt: Date?
    /// What their test cases said, by environment.
    package let environments: [Environment]

    /// What the jobs of one environment have come to.
    package struct Environment: Sendable, Equatable {
        /// What it is called.
        package let name: String
        /// How many jobs have ended.
        package let ended: Int
        /// How many of them completed.
        package let completed: Int
        /// What their test cases said.
        package let tests: TestCounts
        /// How many of all jobs stand how: the lab's word, or how they ended.
        package let statuses: [String: Int]
    }
}

extension FleetStore {
    /// What a build of SQUAD's has come to so far.
    package func squadTotals(of build: SQUADBuild) async throws -> SQUADBuildTotals {
        let jobsets = try await jobsets(ofSQUADBuild: build.id)
        let ends = try await query(
            """
            select count(*) > 0 and bool_and(state = 'finished'), max(finished_at) from jobset
            where id = any(\(jobsets))
            """
        )
        let (isFinished, finishedAt) = try ends.one().decode(Bool?.self, Date?.self)
        let rows = try await query(
            """
            select environment, coalesce(outcome, state) as status, outcome is not null as has_ended, count(*) as jobs,
                sum(tests_pass) as tests_pass, sum(tests_fail) as tests_fail, sum(tests_xfail) as tests_xfail,
                sum(tests_skip) as tests_skip,
                sum(tests_unknown) as tests_unknown
            from job where jobset_id = any(\(jobsets)) group by 1, 2, 3 order by 1, 2
            """
        )
        let environments = Dictionary(grouping: try rows.decode(Part.self), by: \.environment)
        return SQUADBuildTotals(
            isFinished: isFinished ?? false,
            finishedAt: finishedAt,
            environments: environments.sorted { $0.key < $1.key }.map { .init(name: $0.key, $0.value) }
        )
    }

    /// The jobsets that a build has had, the present one among them if it is there.
    package func jobsets(ofSQUADBuild id: Int) async throws -> [UUID] {
        try await query(
            """
            select id from jobset where id in (
                select jobset_id from squad_job where build_id = \(id)
                union select jobset_id from squad_build where id = \(id)
            ) order by created_at
            """
        ).decode(UUID.self)
    }
}

/// The jobs of an environment that stand alike.
private struct Part: Decodable {
    let environment: String
    let status: String
    let hasEnded: Bool
    let jobs: Int
    let tests: TestCounts
}

extension SQUADBuildTotals.Environment {
    fileprivate init(name: String, _ parts: [Part]) {
        let ended = parts.filter(\.hasEnded)
        self.init(
            name: name,
            ended: ended.reduce(0) { $0 + $1.jobs },
            completed: ended.filter { $0.status == JobOutcome.complete.rawValue }.reduce(0) { $0 + $1.jobs },
            tests: parts.reduce(TestCounts()) { $0 + $1.tests },
            statuses: Dictionary(parts.map { ($0.status, $0.jobs) }, uniquingKeysWith: +)
        )
    }
}
