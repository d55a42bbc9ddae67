// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// Which changes are meant.
package struct AuditFilter: Sendable, Equatable {
    /// Asked for with the token of this name.
    package var actor: String?
    /// Of this kind.
    package var action: String?
    /// Of this jobset.
    package var jobset: UUID?
    /// Before this row.
    package var before: Int?

    package init() {}
}

extension FleetStore {
    /// The changes that were asked for, latest first.
    package func audit(_ filter: AuditFilter, limit: Int) async throws -> [AuditedChange] {
        let rows = try await query(
            """
            select id, at, actor, address, action, build_group as "group", build_project as project,
                jobset_id as jobset, detail, status
            from audit
            where (\(filter.actor) is null or actor = \(filter.actor))
                and (\(filter.action) is null or action = \(filter.action))
                and (\(filter.jobset) is null or jobset_id = \(filter.jobset)
                    -- as the index has it
                    or detail ? 'jobsets' and strpos(detail ->> 'jobsets', \(filter.jobset?.text)) > 0)
                and (\(filter.before) is null or id < \(filter.before))
            order by id desc limit \(limit)
            """
        )
        return try rows.decode(AuditedChange.self)
    }

    /// Removes what was asked for longer ago than `age`.
    ///
    /// - Returns: how many, at most `limit`.
    package func removeAudit(olderThan age: Duration, limit: Int) async throws -> Int {
        let rows = try await query(
            """
            with old as (
                select id from audit where at < now() - \(age) order by at limit \(limit)
            ), removed as (
                delete from audit using old where audit.id = old.id returning 1
            )
            select count(*) from removed
            """,
            idempotent: false
        )
        return try rows.first?.decode(Int.self) ?? 0
    }
}
