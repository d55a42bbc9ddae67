// SPDX-License-Identifier: Apache-2.0

package import FleetQueues
package import Foundation

/// A dead letter in JSON.
package struct DeadLetterObject: Codable, Sendable, Equatable {
    /// What it is named by.
    package let key: String
    package let position: Int
    /// The queue that it comes from.
    package let queue: String?
    /// What kind of message it is.
    package let type: String?
    /// The id that its sender gave it.
    package let messageId: String?
    package let reason: String
    /// When it was put aside.
    package let since: Date?
    /// How long it is.
    package let bodyBytes: Int
    package let excerpt: String

    /// A letter as it lies in its queue.
    package init(_ letter: DeadLetter) {
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
