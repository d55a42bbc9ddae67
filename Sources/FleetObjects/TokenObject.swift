// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// A token in JSON; the token itself only where it was made just now.
public struct TokenObject: Codable, Sendable, Equatable {
    /// Its id.
    public let id: String
    /// What it is called.
    public let name: String
    /// The projects that it is for.
    public let projects: [String]
    /// What it lets its holder do there.
    public let abilities: [String]
    /// `good`, `expired` or `revoked`.
    public let state: String
    /// When it was made.
    public let createdAt: Date
    /// Who made it.
    public let createdBy: String
    /// When it ends by itself.
    public let expiresAt: Date?
    /// When it was taken back.
    public let revokedAt: Date?
    /// When it was last used.
    public let lastUsedAt: Date?
    /// Its text, where it was made just now.
    public let token: String?

    /// A token as it stands, with its text where that is shown for once.
    public init(_ status: TokenStatus, text: String? = nil, now: Date = Date()) {
        id = status.id.text
        name = status.name
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
