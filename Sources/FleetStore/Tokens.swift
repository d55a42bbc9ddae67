// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation
import Postgres

/// A token as it stands; the token itself is kept nowhere.
public struct TokenStatus: Sendable, Equatable {
    /// Its row.
    public let id: UUID
    /// What it is called; no two that are good have the same name.
    public let name: String
    /// The projects that it is for.
    public let projects: [ProjectScope]
    /// What it lets its holder do there.
    public let abilities: Set<Ability>
    /// When it was made.
    public let createdAt: Date
    /// By whom.
    public let createdBy: String
    /// From when on it is good for nothing; `nil`: it is good until it is revoked.
    public let expiresAt: Date?
    /// When it was revoked.
    public let revokedAt: Date?
    /// When it was last used, to the minute.
    public let lastUsedAt: Date?

    /// Whether it is `good`, `expired` or `revoked`.
    public func state(now: Date = Date()) -> String {
        if revokedAt != nil { return "revoked" }
        return (expiresAt ?? .distantFuture) <= now ? "expired" : "good"
    }
}

/// The name is that of another token.
public struct TokenNameTaken: Error, Sendable, CustomStringConvertible {
    /// The name.
    public let name: String
    /// What is wrong, in words.
    public var description: String { "there is a token called \(name) already" }
}

extension FleetStore {
    /// Stores a new token.
    ///
    /// - Throws: ``TokenNameTaken``.
    public func createToken(
        name: String,
        hash: [UInt8],
        projects: [ProjectScope],
        abilities: Set<Ability>,
        createdBy: String,
        expiresAfter lifetime: Duration?
    ) async throws -> TokenStatus {
        let rows = try await client.query(
            """
            insert into token (name, hash, projects, abilities, created_by, expires_at)
            values (\(name), \(hash), \(projects.map(\.description)), \(abilities.map(\.rawValue).sorted()),
                \(createdBy), now() + make_interval(secs => \(lifetime?.seconds)::float8))
            on conflict (name) where revoked_at is null do nothing
            returning \(unsafeSQL: Self.tokenColumns)
            """
        )
        guard let row = rows.first else { throw TokenNameTaken(name: name) }
        return try Self.token(row)
    }

    /// Every token there ever was, by name; those that are good no more last.
    public func tokens() async throws -> [TokenStatus] {
        let rows = try await client.query(
            """
            select \(unsafeSQL: Self.tokenColumns) from token
            order by revoked_at is not null, name, created_at
            """,
            idempotent: true
        )
        return try rows.map(Self.token)
    }

    /// Revokes the good token of that name or id.
    ///
    /// - Returns: whether there was one.
    public func revokeToken(_ nameOrID: String) async throws -> Bool {
        let rows = try await client.query(
            """
            update token set revoked_at = now()
            where revoked_at is null and (name = \(nameOrID) or id::text = lower(\(nameOrID))) returning id
            """
        )
        return !rows.isEmpty
    }

    /// The token with this hash, if it is good, and notes that it was used; `nil` for one that is unknown, expired or
    /// revoked.
    public func useToken(hash: [UInt8]) async throws -> TokenStatus? {
        let rows = try await client.query(
            """
            select \(unsafeSQL: Self.tokenColumns), last_used_at is null or last_used_at < now() - interval '1 minute'
                as is_stale
            from token where hash = \(hash) and revoked_at is null and (expires_at is null or expires_at > now())
            """,
            idempotent: true
        )
        guard let row = rows.first else { return nil }
        let token = try Self.token(row)
        if try row.decode("is_stale", as: Bool.self) {
            try await client.execute("update token set last_used_at = now() where id = \(token.id)", idempotent: true)
        }
        return token
    }

    private static let tokenColumns = """
        id, name, projects, abilities, created_at, created_by, expires_at, revoked_at, last_used_at
        """

    private static func token(_ row: PostgresRow) throws -> TokenStatus {
        let projects: [String] = try row.decode("projects")
        let abilities: [String] = try row.decode("abilities")
        return TokenStatus(
            id: try row.decode("id"),
            name: try row.decode("name"),
            projects: projects.compactMap { ProjectScope($0) },
            abilities: Set(abilities.compactMap(Ability.init(rawValue:))),
            createdAt: try row.decode("created_at"),
            createdBy: try row.decode("created_by"),
            expiresAt: try row.decode("expires_at"),
            revokedAt: try row.decode("revoked_at"),
            lastUsedAt: try row.decode("last_used_at")
        )
    }
}
