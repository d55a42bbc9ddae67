// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// A token in JSON; the token itself only where it was made just now.
public struct TokenObject: Encodable, Sendable {
    let id: String
    let name: String
    let projects: [String]
    let abilities: [String]
    let state: String
    let createdAt: Date
    let createdBy: String
    let expiresAt: Date?
    let revokedAt: Date?
    let lastUsedAt: Date?
    let token: String?

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
