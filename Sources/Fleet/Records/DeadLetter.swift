// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A message that nobody could handle, as it lies in the dead-letter queue.
package struct DeadLetter: Sendable, Codable, Equatable {
    /// Names it: the same message has the same key in every listing. Two messages that are alike in queue, type, id
    /// and body share one, and it makes no difference which of them is meant.
    package let key: String
    /// Its place in the queue, from 0, at the time of the listing.
    package let position: Int
    /// The work queue it came from; nil when neither a worker nor the broker says.
    package let queue: String?
    /// What its `type` property says.
    package let type: String?
    /// Its `message-id`.
    package let messageID: String?
    /// Why it was put aside: a worker's words, or the broker's (`delivery_limit`, `rejected`, `expired`, `maxlen`).
    package let reason: String
    /// When it was put aside, to the second; nil when nobody noted it.
    package let since: Date?
    /// Its length in bytes.
    package let bodyBytes: Int
    /// The beginning of its body, as text.
    package let excerpt: String

    package init(
        key: String,
        position: Int,
        queue: String?,
        type: String?,
        messageID: String?,
        reason: String,
        since: Date?,
        bodyBytes: Int,
        excerpt: String
    ) {
        self.key = key
        self.position = position
        self.queue = queue
        self.type = type
        self.messageID = messageID
        self.reason = reason
        self.since = since
        self.bodyBytes = bodyBytes
        self.excerpt = excerpt
    }
}

/// The oldest dead letters.
package struct DeadLetterList: Codable, Sendable, Equatable {
    package let items: [DeadLetter]
    /// How many there are, listed or not.
    package let total: Int

    package init(_ letters: [DeadLetter], total: Int) {
        items = letters
        self.total = max(total, letters.count)
    }
}

/// What became of dead letters that were to be requeued or dropped.
package struct HandledDeadLetters: Codable, Sendable, Equatable {
    /// Those that are gone from the queue.
    package let items: [DeadLetter]
    /// Those that stay, because no queue of this fleet is known to be theirs.
    package let left: [DeadLetter]
    /// The keys that no message has.
    package let unknown: [String]

    /// - Parameter keys: The keys that were asked for; `nil` when all were.
    package init(_ done: [DeadLetter], left: [DeadLetter] = [], asked keys: Set<String>?) {
        items = done
        self.left = left
        unknown = keys.map { $0.subtracting((done + left).map(\.key)).sorted() } ?? []
    }
}

/// Which messages are meant.
package enum DeadLetterSelection: Sendable, Equatable {
    /// Those with these keys.
    case keys(Set<String>)
    /// Every one that is looked at.
    case all

    /// The keys that are asked for; nil when all are meant.
    package var keys: Set<String>? { if case .keys(let keys) = self { keys } else { nil } }

    package func contains(_ letter: DeadLetter) -> Bool { keys?.contains(letter.key) ?? true }
}
