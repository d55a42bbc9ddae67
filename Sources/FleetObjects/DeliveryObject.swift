// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore
package import Foundation

/// A delivery in JSON.
package struct DeliveryObject: Codable, Sendable, Equatable {
    /// The `webhook-id` of all its tries.
    package let id: String
    /// What it tells.
    package let event: String
    /// What is delivered, such as `report`.
    package let kind: String
    /// To whom, without what may be a secret.
    package let receiver: String
    /// `due`, `delivered` or `failed`.
    package let state: String
    /// How often it was tried.
    package let tries: Int
    /// When it is tried next, while it is due.
    package let dueAt: Date?
    /// The HTTP status of the last try.
    package let lastStatus: Int?
    /// What the last try failed with.
    package let lastError: String?
    /// Since when its receiver has taken nothing, if it is marked for that.
    package let receiverFailingSince: Date?

    /// A delivery as it stands.
    package init(_ delivery: DeliveryStatus) {
        id = delivery.id.text
        event = delivery.event
        kind = delivery.kind
        receiver = WebAddress.shown(delivery.receiver)
        state = delivery.state
        tries = delivery.tries
        dueAt = delivery.state == "due" ? delivery.dueAt : nil
        lastStatus = delivery.lastStatus
        lastError = delivery.lastError
        receiverFailingSince = delivery.receiverFailingSince
    }
}
