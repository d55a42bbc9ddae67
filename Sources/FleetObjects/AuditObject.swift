// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore
package import Foundation

/// A change that somebody asked for, in JSON.
package struct AuditObject: Codable, Sendable {
    package let id: Int
    /// When it was asked for.
    package let at: Date
    /// The name of the token that it was asked with.
    package let actor: String
    package let address: String?
    /// What was asked for.
    package let action: String
    package let group: String?
    package let project: String?
    package let jobset: String?
    /// What else there is to say.
    package let detail: [String: String]
    /// The answer's HTTP status; missing when there was none.
    package let status: Int?

    /// A change as it was written down.
    package init(_ change: AuditedChange) {
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
