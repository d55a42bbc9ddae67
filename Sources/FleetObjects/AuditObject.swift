// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// A change that somebody asked for, in JSON.
public struct AuditObject: Codable, Sendable {
    /// Counts up.
    public let id: Int
    /// When it was asked for.
    public let at: Date
    /// The name of the token that it was asked with.
    public let actor: String
    /// Where from.
    public let address: String?
    /// What was asked for.
    public let action: String
    /// The project's group.
    public let group: String?
    /// The project.
    public let project: String?
    /// The jobset.
    public let jobset: String?
    /// What else there is to say.
    public let detail: [String: String]
    /// The answer's HTTP status; missing when there was none.
    public let status: Int?

    /// A change as it was written down.
    public init(_ change: AuditedChange) {
        id = change.id
        at = change.at
        actor = change.entry.actor
        address = change.entry.address
        action = change.entry.action
        group = change.entry.group
        project = change.entry.project
        jobset = change.entry.jobset?.text
        detail = change.entry.detail
        status = change.status
    }
}
