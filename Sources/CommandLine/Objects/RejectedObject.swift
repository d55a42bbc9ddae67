// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// A refused document in JSON.
struct RejectedObject: Encodable {
    let id: Int
    let messageId: String?
    let receivedAt: Date
    let times: Int
    let bodyBytes: Int
    let problem: Problem

    init(_ document: RejectedDocument) {
        id = document.id
        messageId = document.messageID
        receivedAt = document.receivedAt
        times = document.times
        bodyBytes = document.bodyBytes
        problem = document.problem
    }
}
