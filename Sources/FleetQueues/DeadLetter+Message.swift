// SPDX-License-Identifier: Apache-2.0

import AMQP
package import Fleet
import Foundation

extension DeadLetter {
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
        let words = properties.headers?[PutOffMessage.Header.reason]?.string
        let body = delivery.message.body
        self.init(
            key: Self.key([origin ?? "", properties.type ?? "", properties.messageID ?? ""], body),
            position: position,
            queue: origin,
            type: properties.type,
            messageID: properties.messageID,
            reason: broker?.reason ?? words ?? deaths.first?.reason ?? "unknown",
            since: deaths.compactMap(\.time).max() ?? properties.timestamp.flatMap(Death.date),
            bodyBytes: body.count,
            excerpt: String(decoding: body.prefix(Self.excerptBytes), as: UTF8.self)
        )
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
