// SPDX-License-Identifier: Apache-2.0

import AMQP
package import Foundation

/// A message that nobody could handle, as it lies in the dead-letter queue.
package struct DeadLetter: Sendable, Equatable {
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

    /// How much of the body the excerpt shows, in bytes.
    package static let excerptBytes = 200

    init(_ delivery: AMQPDelivery, position: Int, workQueues: Set<String>) {
        let properties = delivery.message.properties
        let deaths = Death.all(in: properties.headers)
        // What the broker put aside itself may carry marks of ours that are of an earlier trouble, or of a stranger's
        // making. What a worker put aside has last died in a delay queue, or never.
        let broker = deaths.first.flatMap { workQueues.contains($0.queue) ? $0 : nil }
        let noted = properties.headers?[PutOffMessage.Header.queue]?.string
        let origin =
            broker?.queue ?? noted ?? deaths.map(\.queue).first { workQueues.contains($0) }
            ?? deaths.first?.queue
        self.position = position
        queue = origin
        type = properties.type
        messageID = properties.messageID
        let words = properties.headers?[PutOffMessage.Header.reason]?.string
        reason = broker?.reason ?? words ?? deaths.first?.reason ?? "unknown"
        since = deaths.compactMap(\.time).max() ?? properties.timestamp.flatMap(Death.date)
        bodyBytes = delivery.message.body.count
        excerpt = String(decoding: delivery.message.body.prefix(Self.excerptBytes), as: UTF8.self)
        key = Self.key([origin ?? "", properties.type ?? "", properties.messageID ?? ""], delivery.message.body)
    }

    /// FNV-1a, 64 bits: names a message for a person; nothing rests on it but which message is meant.
    private static func key(_ texts: [String], _ body: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for text in texts {
            text.utf8.forEach(add)
            add(0)
        }
        body.forEach(add)
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
