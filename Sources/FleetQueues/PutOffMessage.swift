// SPDX-License-Identifier: Apache-2.0

import AMQP
import Foundation

/// How a message says that it has been put off or put aside: headers of ours, which anybody may write as well.
enum PutOffMessage {
    /// The names of the headers.
    enum Header {
        static let tries = "x-muster-tries"
        static let reason = "x-muster-reason"
        static let queue = "x-muster-queue"
        static let all: Set<String> = [tries, reason, queue]
    }

    /// The most that a message is believed of how often it has been put off: more than any worker's limit.
    static let maximumTries = 1_000_000
    /// The longest reason that goes with a message, in Unicode scalars.
    static let maximumReason = 1_000

    /// How often a message has been put off.
    ///
    /// It is believed only of one that has come out of a delay queue, through the default exchange, which the broker
    /// notes: what comes by the fleet's exchange is new, whatever its publisher says.
    static func tries(_ delivery: AMQPDelivery, in topology: FleetTopology) -> Int {
        let headers = delivery.message.properties.headers
        guard delivery.exchange.isEmpty, let tries = headers?[Header.tries]?.integer,
            Death.all(in: headers).contains(where: { topology.delayQueues.contains($0.queue) })
        else { return 0 }
        return min(max(0, tries), maximumTries)
    }

    /// Whether a header is the broker's own account of where a message has been.
    private static func isOfBroker(_ key: String) -> Bool {
        ["x-death", "x-first-death", "x-last-death"].contains { key.hasPrefix($0) }
    }

    /// The message as if it had never been tried.
    static func fresh(_ message: AMQPMessage) -> AMQPMessage {
        var message = unmarked(message)
        message.properties.headers?.removeAll(where: isOfBroker)
        if message.properties.headers?.isEmpty == true { message.properties.headers = nil }
        return message
    }

    /// The message as it goes to a delay queue.
    ///
    /// - Parameter tries: How often it has been put off, this time included. What it brought along of its past when it
    ///   came first is not passed on: the broker would go on from it.
    static func again(_ delivery: AMQPDelivery, tries: Int, reason: String) -> AMQPMessage {
        var message = marked(delivery, [(Header.tries, .int64(Int64(tries))), (Header.reason, .string(cut(reason)))])
        if tries <= 1 { message.properties.headers?.removeAll(where: isOfBroker) }
        return message
    }

    /// The message as it is put aside.
    static func aside(_ delivery: AMQPDelivery, queue: String, reason: String) -> AMQPMessage {
        var message = marked(delivery, [(Header.reason, .string(cut(reason))), (Header.queue, .string(queue))])
        message.properties.timestamp = UInt64(max(0, Date.now.timeIntervalSince1970))
        return message
    }

    /// The message with none of its headers but ours: a publisher's may fill the one frame that there is for them.
    static func bare(_ message: AMQPMessage) -> AMQPMessage {
        var message = message
        message.properties.headers?.removeAll { !Header.all.contains($0) && $0 != "x-death" }
        return message
    }

    /// The message without what would make it go elsewhere, vanish or be refused when we publish it in its publisher's
    /// place, and without marks of ours: further routing keys, a time to live, the name of another user (RabbitMQ,
    /// "Sender-selected Distribution", "Time-To-Live", "Validated User-ID").
    static func unmarked(_ message: AMQPMessage) -> AMQPMessage {
        var message = message
        message.properties.userID = nil
        message.properties.expiration = nil
        message.properties.headers?.removeAll {
            Header.all.contains($0) || $0 == "CC" || $0 == "BCC" || $0 == "x-delivery-count"
        }
        return message
    }

    private static func marked(_ delivery: AMQPDelivery, _ marks: [(String, AMQPValue)]) -> AMQPMessage {
        var message = unmarked(delivery.message)
        var headers = message.properties.headers ?? AMQPTable()
        for (name, value) in marks { headers[name] = value }
        message.properties.headers = headers
        return message
    }

    private static func cut(_ reason: String) -> String {
        guard reason.unicodeScalars.count > maximumReason else { return reason }
        return String(reason.unicodeScalars.prefix(maximumReason - 1)) + "…"
    }
}

/// One entry of the broker's `x-death` header (RabbitMQ, "Dead Letter Exchanges").
struct Death {
    let queue: String
    let reason: String
    let time: Date?

    static func all(in headers: AMQPTable?) -> [Death] {
        guard case .array(let entries) = headers?["x-death"] else { return [] }
        return entries.compactMap { entry in
            guard case .table(let table) = entry, let queue = table["queue"]?.string else { return nil }
            var time: Date?
            if case .timestamp(let seconds) = table["time"] { time = date(seconds) }
            return Death(queue: queue, reason: table["reason"]?.string ?? "unknown", time: time)
        }
    }

    /// A time that a date can show; what a stranger sent may be anything.
    static func date(_ seconds: UInt64) -> Date? {
        seconds < 253_402_300_800 ? Date(timeIntervalSince1970: Double(seconds)) : nil
    }
}
