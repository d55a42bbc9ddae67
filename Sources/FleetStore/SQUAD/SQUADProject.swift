// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// A project as SQUAD's clients know it.
package struct SQUADProject: Sendable, Equatable, Decodable {
    package let id: Int
    /// The number of its group.
    package let groupID: Int
    /// What its group is called.
    package let group: String
    /// What it is called within its group.
    package let slug: String
    /// When it was first heard of.
    package let createdAt: Date
}

/// A group as SQUAD's clients know it.
package struct SQUADGroup: Sendable, Equatable, Decodable {
    package let id: Int
    /// What it is called.
    package let slug: String
}

extension FleetStore {
    /// A page of the projects that a filter lets through, in the order in which they were first heard of.
    package func squadProjects(_ filter: SQUADFilter) async throws -> SQUADPage<SQUADProject> {
        let scopes = ScopeLists(filter.scopes)
        let rows = try await query(
            """
            with matching as (
                select squad_project.id, group_id, squad_group.slug as "group", squad_project.slug,
                    squad_project.created_at
                from squad_project join squad_group on squad_group.id = group_id
                where (\(filter.id) is null or squad_project.id = \(filter.id))
                    and (\(filter.groupID) is null or group_id = \(filter.groupID))
                    and (\(filter.slug) is null or squad_project.slug = \(filter.slug))
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

    /// A page of the groups that have a project which a filter lets through, in the order in which they were first
    /// heard of.
    package func squadGroups(_ filter: SQUADFilter) async throws -> SQUADPage<SQUADGroup> {
        let scopes = ScopeLists(filter.scopes)
        let rows = try await query(
            """
            with matching as (
                select id, slug from squad_group
                where (\(filter.id) is null or id = \(filter.id))
                    and (\(filter.slug) is null or slug = \(filter.slug))
                    and (\(scopes.isAll) or slug = any(\(scopes.groups)) or exists (
                        select from squad_project where group_id = squad_group.id
                            and squad_group.slug || '/' || squad_project.slug = any(\(scopes.projects))
                    ))
            )
            select count.number, page.* from (select count(*) as number from matching) as count left join (
                select * from matching order by id limit \(filter.limit) offset \(filter.offset)
            ) as page on true order by page.id
            """
        )
        return try SQUADPage(rows)
    }
}
