// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A change that somebody asked for.
package struct AuditEntry: Sendable, Equatable {
    /// The token that it was asked with.
    package var token: UUID?
    /// Who asked: the token's name.
    package var actor: String
    package var address: String?
    /// What was asked: `submit`, `cancel` …
    package var action: String
    package var group: String?
    package var project: String?
    package var jobset: UUID?
    /// What else there is to say, such as the reason given.
    package var detail: [String: String]

    /// An entry as given.
    package init(
        token: UUID?,
        actor: String,
        address: String?,
        action: String,
        group: String? = nil,
        project: String? = nil,
        jobset: UUID? = nil,
        detail: [String: String] = [:]
    ) {
        self.token = token
        self.actor = actor
        self.address = address
        self.action = action
        self.group = group
        self.project = project
        self.jobset = jobset
        self.detail = detail
    }
}

extension FleetStore {
    /// Writes down that a change was asked for, before it is made: whatever happens then, it is known who asked.
    ///
    /// - Returns: the entry's row, for ``concludeAudit(_:status:)``.
    package func beginAudit(_ entry: AuditEntry) async throws -> Int {
        let rows = try await query(
            """
            insert into audit (token_id, actor, address, action, build_group, build_project, jobset_id, detail)
            values (\(entry.token), \(entry.actor), \(entry.address), \(entry.action), \(entry.group),
                \(entry.project), \(entry.jobset), \(PostgresJSON(entry.detail)))
            returning id
            """,
            idempotent: false
        )
        return try rows.first?.decode(Int.self) ?? 0
    }

    /// Adds what the answer was, as HTTP's status.
    package func concludeAudit(_ id: Int, status: Int) async throws {
        try await execute("update audit set status = \(status) where id = \(id)")
    }
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
