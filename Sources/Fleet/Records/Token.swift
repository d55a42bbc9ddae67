// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A token as it stands; the token itself is kept nowhere.
package struct TokenStatus: Sendable, Equatable {
    /// Its row.
    package let id: UUID
    /// What it is called; no two that are good have the same name.
    package let name: String
    /// Whom it was given to, if an identity provider vouched for them.
    package let holder: String?
    /// What it lets its holder do, and in which projects.
    package let grants: [Permissions.Grant]
    /// When it was made.
    package let createdAt: Date
    package let createdBy: String
    /// The token that made it; `nil`: it was made on the fleet's own machines.
    package let parent: UUID?
    /// From when on it is good for nothing; `nil`: it is good until it is revoked.
    package let expiresAt: Date?
    /// When it was revoked.
    package let revokedAt: Date?
    /// When it was last used, to the minute.
    package let lastUsedAt: Date?

    /// The projects that it is for.
    package var projects: [ProjectScope] {
        var seen: Set<ProjectScope> = []
        return grants.flatMap(\.projects).filter { seen.insert($0).inserted }
    }

    /// What it lets its holder do in some of ``projects``.
    package var abilities: Set<Ability> { grants.reduce(into: []) { $0.formUnion($1.abilities) } }

    /// Whether it is `good`, `expired` or `revoked`.
    package func state(now: Date = Date()) -> String {
        if revokedAt != nil { return "revoked" }
        return (expiresAt ?? .distantFuture) <= now ? "expired" : "good"
    }

    /// One as given.
    package init(
        id: UUID,
        name: String,
        holder: String?,
        grants: [Permissions.Grant],
        createdAt: Date,
        createdBy: String,
        parent: UUID?,
        expiresAt: Date?,
        revokedAt: Date?,
        lastUsedAt: Date?
    ) {
        self.id = id
        self.name = name
        self.holder = holder
        self.grants = grants
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.parent = parent
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }
}

/// A token as the API and the command tell of it; the token itself only where it was made just now.
package struct Token: Codable, Sendable, Equatable {
    package let id: UUID
    /// What it is called.
    package let name: String
    /// Whom it was given to, if an identity provider vouched for them.
    package let holder: String?
    /// The projects that it is for.
    package let projects: [String]
    /// What it lets its holder do there.
    package let abilities: [String]
    /// `good`, `expired` or `revoked`.
    package let state: String
    /// When it was made.
    package let createdAt: Date
    package let createdBy: String
    /// When it ends by itself.
    package let expiresAt: Date?
    /// When it was taken back.
    package let revokedAt: Date?
    /// When it was last used.
    package let lastUsedAt: Date?
    /// Its text, where it was made just now.
    package let token: String?

    /// The most tokens of identities that are listed.
    package static let maximumListed = 1_000

    /// A token as it stands, with its text where that is shown for once.
    package init(_ status: TokenStatus, text: String? = nil, now: Date = Date()) {
        id = status.id
        name = status.name
        holder = status.holder
        projects = status.projects.map(\.description)
        abilities = status.abilities.map(\.rawValue).sorted()
        state = status.state(now: now)
        createdAt = status.createdAt
        createdBy = status.createdBy
        expiresAt = status.expiresAt
        revokedAt = status.revokedAt
        lastUsedAt = status.lastUsedAt
        token = text
    }
}

/// The tokens that went with one that was revoked.
package struct RevokedTokens: Codable, Sendable, Equatable {
    /// Their names: that one first, then those that it made, and those that these made.
    package let revoked: [String]

    /// An object of these.
    package init(revoked: [String]) { self.revoked = revoked }
}
