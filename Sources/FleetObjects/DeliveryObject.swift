// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
public import Foundation

/// A delivery in JSON.
public struct DeliveryObject: Codable, Sendable, Equatable {
    /// The `webhook-id` of all its tries.
    public let id: String
    /// What it tells.
    public let event: String
    /// What is delivered, such as `report`.
    public let kind: String
    /// To whom, without what may be a secret.
    public let receiver: String
    /// `due`, `delivered` or `failed`.
    public let state: String
    /// How often it was tried.
    public let tries: Int
    /// When it is tried next, while it is due.
    public let dueAt: Date?
    /// The HTTP status of the last try.
    public let lastStatus: Int?
    /// What the last try failed with.
    public let lastError: String?
    /// Since when its receiver has taken nothing, if it is marked for that.
    public let receiverFailingSince: Date?

    /// A delivery as it stands.
    public init(_ delivery: DeliveryStatus) {
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
