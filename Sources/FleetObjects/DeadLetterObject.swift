// SPDX-License-Identifier: Apache-2.0

public import FleetQueues
import Foundation

/// A dead letter in JSON.
public struct DeadLetterObject: Encodable, Sendable {
    let key: String
    let position: Int
    let queue: String?
    let type: String?
    let messageId: String?
    let reason: String
    let since: Date?
    let bodyBytes: Int
    let excerpt: String

    /// A letter as it lies in its queue.
    public init(_ letter: DeadLetter) {
        key = letter.key
        position = letter.position
        queue = letter.queue
        type = letter.type
        messageId = letter.messageID
        reason = letter.reason
        since = letter.since
        bodyBytes = letter.bodyBytes
        excerpt = letter.excerpt
    }
}
