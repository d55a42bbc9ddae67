// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// The token that is to make another is good no more, or can't do what that is to do.
package struct TokenTooWeak: Error, Sendable {}

extension FleetStore {
    /// Stores a new token. One that another made lasts no longer than that.
    ///
    /// - Parameter parent: The token that makes it.
    /// - Throws: ``FleetRefusal``; ``TokenTooWeak``.
    package func createToken(
        name: String,
        hash: [UInt8],
        projects: [ProjectScope],
        abilities: Set<Ability>,
        createdBy: String,
        parent: UUID? = nil,
        expiresAfter lifetime: Duration?
    ) async throws -> TokenStatus {
        let abilities = abilities.map(\.rawValue).sorted()
        return try await transaction(idempotent: false) { sql in
            try sql.lockTokens()
            var end: Date?
            if let parent {
                let rows = try sql.query(
                    """
                    select expires_at from token
                    where id = \(parent) and revoked_at is null and (expires_at is null or expires_at > now())
                        and abilities @> \(abilities) and projects @> array['*']
                    """
                )
                guard let row = rows.first else { throw TokenTooWeak() }
                end = try row.decode(Date?.self)
            }
            let rows = try sql.query(
                """
                insert into token (name, hash, projects, abilities, created_by, parent_id, expires_at)
                values (\(name), \(hash), \(projects.map(\.description)), \(abilities),
                    \(createdBy), \(parent),
                    least(now() + \(lifetime), \(end)::timestamptz))
                on conflict (name) where revoked_at is null do nothing
                returning \(unsafeSQL: Self.tokenColumns)
                """
            )
            guard let row = rows.first else { throw FleetRefusal.tokenNameTaken(name: name) }
            return try Self.token(row)
        }
    }

    /// Every token there ever was but those of identities, by name; those that are good no more last.
    package func tokens() async throws -> [TokenStatus] {
        let rows = try await query(
            """
            select \(unsafeSQL: Self.tokenColumns) from token where provider is null
            order by revoked_at is not null, name, created_at
            """
        )
        return try rows.map(Self.token)
    }

    /// Revokes the good token of that name or id, or all of the holder of that name, and all that they made, or that those
    /// made.
    ///
    /// - Parameter abilities: What whoever wants it can do: a token that can more is none of his. `nil`: the operator,
    ///   on the fleet's own machines.
    /// - Returns: the names of all that are good for nothing now, itself first.
    /// - Throws: ``FleetRefusal``.
    package func revokeToken(_ nameOrID: String, by abilities: Set<Ability>? = nil) async throws -> [String] {
        try await transaction(idempotent: false) { sql in
            try sql.lockTokens()
            let rows = try sql.query(
                """
                select \(unsafeSQL: Self.tokenColumns) from token
                where revoked_at is null
                    and (name = \(nameOrID) or id::text = lower(\(nameOrID)) or holder = \(nameOrID))
                order by id::text = lower(\(nameOrID)) desc, name = \(nameOrID) desc
                """
            )
            let named = try rows.map(Self.token)
            guard let first = named.first else { throw FleetRefusal.noSuchToken(name: nameOrID) }
            let tokens = first.holder == nameOrID ? named.filter { $0.holder == nameOrID } : [first]
            if let abilities,
                let more = Ability.allCases.first(where: { ability in
                    !abilities.contains(ability) && tokens.contains { $0.abilities.contains(ability) }
                })
            {
                throw FleetRefusal.tokenCanMore(ability: more)
            }
            let revoked = try sql.query(
                """
                with recursive line as (
                    select id, 0 as depth from token where id = any(\(tokens.map(\.id)))
                    union all
                    select token.id, line.depth + 1 from token join line on token.parent_id = line.id
                ), revoked as (
                    update token set revoked_at = now() from line
                    where token.id = line.id and revoked_at is null returning name, line.depth
                )
                select name from revoked order by depth, name
                """
            )
            return try revoked.decode(String.self)
        }
    }

    /// The hashes and rows of good tokens, those that were used last first.
    ///
    /// - Parameter age: Only of tokens that were made no longer ago; `nil`: of all.
    package func goodTokens(youngerThan age: Duration?, limit: Int) async throws -> [(hash: [UInt8], id: UUID)] {
        let rows = try await query(
            """
            select hash, id from token
            where revoked_at is null and (expires_at is null or expires_at > now())
                and (\(age) is null
                    or created_at > now() - \(age))
            order by last_used_at desc nulls last limit \(limit)
            """
        )
        return try rows.map { row in
            let (hash, id) = try row.decode([UInt8].self, UUID.self)
            return (hash, id)
        }
    }

    /// Whether a token is still good.
    package func isGood(token id: UUID) async throws -> Bool {
        let rows = try await query(
            """
            select from token
            where id = \(id) and revoked_at is null and (expires_at is null or expires_at > now())
            """
        )
        return !rows.isEmpty
    }

    /// The token with this hash, if it is good, and notes that it was used; `nil` for one that is unknown, expired or
    /// revoked.
    package func useToken(hash: [UInt8]) async throws -> TokenStatus? {
        let rows = try await query(
            """
            select \(unsafeSQL: Self.tokenColumns), last_used_at is null or last_used_at < now() - interval '1 minute'
                as is_stale
            from token where hash = \(hash) and revoked_at is null and (expires_at is null or expires_at > now())
            """
        )
        guard let row = rows.first else { return nil }
        let token = try Self.token(row)
        if try row.decode("is_stale", as: Bool.self) {
            try await execute("update token set last_used_at = now() where id = \(token.id)")
        }
        return token
    }

    static let tokenColumns = """
        id, name, holder, projects, abilities, grants, created_at, created_by, parent_id, expires_at, revoked_at,
        last_used_at
        """

    static func token(_ row: PostgresRow) throws -> TokenStatus {
        let own = StoredGrant(abilities: try row.decode("abilities"), projects: try row.decode("projects"))
        let stored = try row.decode("grants", as: PostgresJSON<[StoredGrant]>?.self)?.value ?? [own]
        return TokenStatus(
            id: try row.decode("id"),
            name: try row.decode("name"),
            holder: try row.decode("holder"),
            grants: stored.map(\.grant),
            createdAt: try row.decode("created_at"),
            createdBy: try row.decode("created_by"),
            parent: try row.decode("parent_id"),
            expiresAt: try row.decode("expires_at"),
            revokedAt: try row.decode("revoked_at"),
            lastUsedAt: try row.decode("last_used_at")
        )
    }
}

extension PostgresTransaction {
    /// Tokens are made and revoked one at a time: none is made by one that is being revoked.
    func lockTokens() throws {
        try execute("select pg_advisory_xact_lock(hashtext('muster.token'), 0)")
    }
}
