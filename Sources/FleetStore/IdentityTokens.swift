// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// Whom an identity provider vouches for.
package struct TokenHolder: Sendable, Equatable {
    /// The provider's name in the configuration.
    package let provider: String
    /// The provider's own name for the holder.
    package let subject: String
    /// What people call it.
    package let title: String
    /// When the provider vouched for it.
    package let issuedAt: Date

    package init(provider: String, subject: String, title: String, issuedAt: Date) {
        self.issuedAt = issuedAt
        self.provider = provider
        self.subject = subject
        self.title = title
    }
}

/// A token of the holder was revoked after the provider had vouched for it: what was said before counts no more.
package struct RevokedSince: Error, Sendable {}

/// Somebody has as many good tokens as one can have.
package struct TooManyTokens: Error, Sendable {
    package let holder: String
    package let maximum: Int
}

extension FleetStore {
    /// The most good tokens that one holder can have at once.
    package static let maximumTokensPerHolder = 1_000
    /// How long such a token is kept after its end.
    private static let keptAfterEnd = Duration.seconds(7 * 86_400)

    /// Stores a new token of somebody whom an identity provider vouches for.
    ///
    /// - Throws: ``TooManyTokens``; ``RevokedSince``.
    package func createToken(
        of holder: TokenHolder,
        hash: [UInt8],
        grants: [Permissions.Grant],
        expiresAfter lifetime: Duration
    ) async throws -> TokenStatus {
        try await transaction(idempotent: false) { sql in
            try sql.lockTokens()
            let count = try sql.query(
                """
                select count(*) from (
                    select from token where provider = \(holder.provider) and subject = \(holder.subject)
                        and revoked_at is null and expires_at > now() limit \(Self.maximumTokensPerHolder)
                ) as good
                """
            )
            guard try count.first?.decode(Int.self) ?? 0 < Self.maximumTokensPerHolder else {
                throw TooManyTokens(holder: holder.title, maximum: Self.maximumTokensPerHolder)
            }
            let revoked = try sql.query(
                """
                select from token where provider = \(holder.provider) and subject = \(holder.subject)
                    and revoked_at > \(holder.issuedAt) limit 1
                """
            )
            guard revoked.isEmpty else { throw RevokedSince() }
            let id = UUID()
            let rows = try sql.query(
                """
                insert into token (id, name, hash, projects, abilities, grants, provider, subject, holder, created_by,
                    expires_at)
                values (\(id), \("\(holder.provider)-\(id.text)"), \(hash), '{}', '{}',
                    \(PostgresJSON(grants.map(StoredGrant.init))), \(holder.provider), \(holder.subject), \(holder.title),
                    \(holder.title), now() + \(lifetime))
                returning \(unsafeSQL: Self.tokenColumns)
                """
            )
            guard let row = rows.first else { throw MissingRow(table: "token", id: id.text) }
            return try Self.token(row)
        }
    }

    /// Ends a token of an identity now.
    package func endIdentityToken(_ id: UUID) async throws {
        try await execute(
            "update token set expires_at = now() where id = \(id) and provider is not null and expires_at > now()"
        )
    }

    /// The good tokens of identities, the latest first.
    package func identityTokens(limit: Int) async throws -> [TokenStatus] {
        let rows = try await query(
            """
            select \(unsafeSQL: Self.tokenColumns) from token
            where provider is not null and revoked_at is null and expires_at > now()
            order by expires_at desc, id limit \(limit)
            """
        )
        return try rows.map(Self.token)
    }

    /// Removes tokens of identities that ended a week ago.
    ///
    /// - Returns: how many.
    package func removeExpiredIdentityTokens(limit: Int) async throws -> Int {
        try await execute(
            """
            delete from token where id in (
                select id from token where provider is not null and expires_at < now() - \(Self.keptAfterEnd) limit \(limit)
            )
            """
        )
    }
}

/// What a token lets its holder do, as it is stored. Words that this version does not know are left out: they allow nothing
/// here.
struct StoredGrant: Codable, Sendable {
    let abilities: [String]
    let projects: [String]

    init(abilities: [String], projects: [String]) {
        self.abilities = abilities
        self.projects = projects
    }

    init(_ grant: Permissions.Grant) {
        abilities = grant.abilities.map(\.rawValue).sorted()
        projects = grant.projects.map(\.description)
    }

    var grant: Permissions.Grant {
        Permissions.Grant(
            Set(abilities.compactMap(Ability.init(rawValue:))),
            in: projects.compactMap { ProjectScope($0) }
        )
    }
}
