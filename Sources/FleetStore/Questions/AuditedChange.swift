// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Postgres

/// A change that somebody asked for, and what the answer was.
public struct AuditedChange: Sendable, Equatable {
    /// Its row; counts up.
    public let id: Int
    /// When it was asked for.
    public let at: Date
    /// Who asked for what.
    public let entry: AuditEntry
    /// The answer's HTTP status; `nil` when there was none, or not yet.
    public let status: Int?
}

/// Which changes are meant.
public struct AuditFilter: Sendable, Equatable {
    /// Asked for with the token of this name.
    public var actor: String?
    /// Of this kind.
    public var action: String?
    /// Of this jobset.
    public var jobset: UUID?
    /// Before this row.
    public var before: Int?

    /// All of them.
    public init() {}
}

extension FleetStore {
    /// The changes that were asked for, latest first.
    public func audit(_ filter: AuditFilter, limit: Int) async throws -> [AuditedChange] {
        let rows = try await client.query(
            """
            select id, at, token_id, actor, address, action, build_group, build_project, jobset_id, detail,
                status::bigint
            from audit
            where (\(filter.actor)::text is null or actor = \(filter.actor))
                and (\(filter.action)::text is null or action = \(filter.action))
                and (\(filter.jobset)::uuid is null or jobset_id = \(filter.jobset))
                and (\(filter.before)::bigint is null or id < \(filter.before))
            order by id desc limit \(limit)
            """,
            idempotent: true
        )
        return try rows.map { row in
            let detail: PostgresJSON<[String: String]> = try row.decode("detail")
            return AuditedChange(
                id: try row.decode("id"),
                at: try row.decode("at"),
                entry: AuditEntry(
                    token: try row.decode("token_id"),
                    actor: try row.decode("actor"),
                    address: try row.decode("address"),
                    action: try row.decode("action"),
                    group: try row.decode("build_group"),
                    project: try row.decode("build_project"),
                    jobset: try row.decode("jobset_id"),
                    detail: detail.value
                ),
                status: try row.decode("status")
            )
        }
    }

    /// Removes what was asked for longer ago than `age`.
    ///
    /// - Returns: how many, at most `limit`.
    public func removeAudit(olderThan age: Duration, limit: Int) async throws -> Int {
        let rows = try await client.query(
            """
            with old as (
                select id from audit where at < now() - make_interval(secs => \(age.seconds)) order by at limit \(limit)
            ), removed as (
                delete from audit using old where audit.id = old.id returning 1
            )
            select count(*) from removed
            """
        )
        return try rows.first?.decode(Int.self) ?? 0
    }
}
