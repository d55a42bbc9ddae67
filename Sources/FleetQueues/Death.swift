// SPDX-License-Identifier: Apache-2.0

import AMQP
import Foundation

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
