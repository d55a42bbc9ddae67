// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// An environment or a suite of a project, as SQUAD's clients know it: by a number.
package struct SQUADName: Sendable, Equatable, Decodable {
    /// What has such a number.
    package enum Kind: String, Sendable, CaseIterable {
        case environment, suite
    }

    package let id: Int
    /// The number of its project.
    package let projectID: Int
    /// What it is called.
    package let slug: String
}

extension FleetStore {
    /// How many of the latest jobsets of a project are looked at for its environments and suites.
    private static let latest = 20
    /// Longer names are cut, as in the history of tests: this many characters, in SQL.
    static let longestSlug = "200"
    /// How long finding names may take.
    private static let longestNumbering = Duration.seconds(5)

    /// A page of the environments or suites that have a number, in the order in which they got it.
    ///
    /// Those of the latest jobsets of a project have one, and those of each build that somebody has asked for.
    package func squadNames(_ kind: SQUADName.Kind, _ filter: SQUADFilter) async throws -> SQUADPage<SQUADName> {
        let scopes = ScopeLists(filter.scopes)
        let rows = try await query(
            """
            with matching as (
                select squad_name.id, project_id, squad_name.slug
                from squad_name join squad_project on squad_project.id = project_id
                    join squad_group on squad_group.id = group_id
                where kind = \(kind.rawValue) and (\(filter.id) is null or squad_name.id = \(filter.id))
                    and (\(filter.projectID) is null or project_id = \(filter.projectID))
                    and (\(filter.slug) is null or squad_name.slug = \(filter.slug))
                    and (\(scopes.isAll) or squad_group.slug = any(\(scopes.groups))
                        or squad_group.slug || '/' || squad_project.slug = any(\(scopes.projects)))
            )
            select count.number, page.* from (select count(*) as number from matching) as count left join (
                select * from matching order by id limit \(filter.limit) offset \(filter.offset)
            ) as page on true order by page.id
            """
        )
        return try SQUADPage(rows)
    }

    /// Gives the environments and suites of a project's latest jobsets their numbers.
    package func numberSQUADNames(ofProject id: Int) async throws {
        let jobsets = try await query(
            """
            select jobset.id from squad_project join squad_group on squad_group.id = group_id
                join jobset on build_group = squad_group.slug and build_project = squad_project.slug
            where squad_project.id = \(id) order by jobset.created_at desc limit \(Self.latest)
            """
        ).decode(UUID.self)
        try await numberSQUADNames(of: jobsets, project: id)
    }

    /// Gives the environments and suites of these jobsets their numbers.
    package func numberSQUADNames(of jobsets: [UUID], project: Int) async throws {
        // A finished jobset's suites are in the history. For others, only their results tell.
        try await transaction { sql in
            try sql.setStatementTimeout(Self.longestNumbering)
            try sql.execute(
                """
                insert into squad_name (project_id, kind, slug)
                select \(project), kind, slug from (
                    select 'environment' as kind, environment as slug from job where jobset_id = any(\(jobsets))
                    union
                    select 'suite', left(suite, \(unsafeSQL: Self.longestSlug)) from suite_history where jobset_id = any(\(jobsets)) and suite <> 'lava'
                    union
                    select 'suite', left(suite, \(unsafeSQL: Self.longestSlug)) from \(unsafeSQL: CountedResults.tables)
                    where job.jobset_id = any(\(jobsets)) and \(unsafeSQL: CountedResults.condition)
                        and not exists (select from suite_history where suite_history.jobset_id = job.jobset_id)
                ) as name
                where not exists (
                    select from squad_name as known
                    where known.project_id = \(project) and known.kind = name.kind and known.slug = name.slug
                )
                on conflict do nothing
                """
            )
        }
    }

    /// The numbers of these environments or suites of a project; one without a number gets one.
    package func squadNumbers(
        _ kind: SQUADName.Kind,
        _ names: Set<String>,
        ofProject id: Int
    ) async throws -> [String: Int] {
        let names = names.sorted()
        let select: PostgresStatement = """
            select slug, id from squad_name where project_id = \(id) and kind = \(kind.rawValue) and slug = any(\(names))
            """
        var known = try Self.numbers(try await query(select))
        let missing = names.filter { known[$0] == nil }
        guard !missing.isEmpty else { return known }
        try await execute(
            """
            insert into squad_name (project_id, kind, slug)
            select \(id), \(kind.rawValue), unnest(\(missing)) on conflict do nothing
            """
        )
        known = try Self.numbers(try await query(select))
        return known
    }

    /// What the environments or suites of a project with these numbers are called.
    package func squadSlugs(_ kind: SQUADName.Kind, _ ids: [Int], ofProject id: Int) async throws -> [String] {
        try await query(
            """
            select slug from squad_name where project_id = \(id) and kind = \(kind.rawValue) and id = any(\(ids))
            """
        ).decode(String.self)
    }

    private static func numbers(_ rows: PostgresRows) throws -> [String: Int] {
        let pairs = try rows.map { row in try row.decode(String.self, Int.self) }
        return Dictionary(pairs) { first, _ in first }
    }
}
