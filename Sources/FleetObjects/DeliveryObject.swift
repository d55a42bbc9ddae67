// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
import Foundation

/// A delivery in JSON.
public struct DeliveryObject: Encodable, Sendable {
    let id: String
    let event: String
    let kind: DeliveryKind
    let receiver: String
    let state: String
    let tries: Int
    let dueAt: Date?
    let lastStatus: Int?
    let lastError: String?

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
    }
}
