// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
import Foundation

/// A refused document in JSON.
public struct RejectedObject: Encodable, Sendable {
    let id: Int
    let messageId: String?
    let receivedAt: Date
    let times: Int
    let bodyBytes: Int
    let problem: Problem

    /// A document as it is kept.
    public init(_ document: RejectedDocument) {
        id = document.id
        messageId = document.messageID
        receivedAt = document.receivedAt
        times = document.times
        bodyBytes = document.bodyBytes
        problem = document.problem
    }
}
