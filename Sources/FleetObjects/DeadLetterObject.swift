// SPDX-License-Identifier: Apache-2.0

public import FleetQueues
public import Foundation

/// A dead letter in JSON.
public struct DeadLetterObject: Codable, Sendable, Equatable {
    /// What it is named by.
    public let key: String
    /// Its place.
    public let position: Int
    /// The queue that it comes from.
    public let queue: String?
    /// What kind of message it is.
    public let type: String?
    /// The id that its sender gave it.
    public let messageId: String?
    /// Why.
    public let reason: String
    /// When it was put aside.
    public let since: Date?
    /// How long it is.
    public let bodyBytes: Int
    /// Its beginning.
    public let excerpt: String

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
