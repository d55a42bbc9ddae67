// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// A change that somebody asked for, and what the answer was.
package struct AuditedChange: Sendable, Equatable, Decodable {
    /// Its row; counts up.
    package let id: Int
    /// When it was asked for.
    package let at: Date
    /// Who asked for what.
    package let entry: AuditEntry
    /// The answer's HTTP status; `nil` when there was none, or not yet.
    package let status: Int?
}

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
            select id, at, token_id as entry_token, actor as entry_actor, address as entry_address,
                action as entry_action, build_group as entry_group, build_project as entry_project,
                jobset_id as entry_jobset, detail as entry_detail, status
            from audit
            where (\(filter.actor) is null or actor = \(filter.actor))
                and (\(filter.action) is null or action = \(filter.action))
                and (\(filter.jobset) is null or jobset_id = \(filter.jobset))
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
