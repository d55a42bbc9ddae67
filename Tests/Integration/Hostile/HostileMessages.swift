// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import Foundation
import TestSupport

/// Draws the messages of a hostile publisher: documents, and what only the fleet itself should publish.
struct HostileMessages {
    var text: HostileText
    let topology: FleetTopology
    /// Rows that there may be.
    private static let rows = 1...40

    mutating func next() -> AMQPPublication {
        let target = text.random.pick([0, 0, 0, 0, 1, 2, 3, 3, 4, 4, 5, 5, 6])
        let (exchange, key) = place(target)
        let body = self.body(target)
        return AMQPPublication(
            message: AMQPMessage(body: body, properties: properties(target)),
            exchange: exchange,
            routingKey: key,
            mandatory: false
        )
    }

    /// By the fleet's exchange, past it to a queue, or into a pause.
    private mutating func place(_ target: Int) -> (exchange: String, key: String) {
        let backend = text.random.pick(topology.backends)
        let queue =
            switch target {
            case 0...2: topology.jobsets
            case 3: topology.jobs(of: backend)
            case 4: topology.finished(in: backend)
            default: topology.notifications
            }
        if target == 6 { return ("\(topology.prefix).delay.1s", queue) }
        guard text.random.chance(80) else { return ("", queue) }
        let key =
            switch target {
            case 0, 2: topology.jobsetKey
            case 1: topology.additionKey
            case 3: "job.\(backend)"
            case 4: "finished.\(backend)"
            default: "notification"
            }
        return (topology.exchange, text.random.chance(98) ? key : text.random.pick(["", "job.*", "nowhere", backend]))
    }

    private mutating func body(_ target: Int) -> [UInt8] {
        let row = text.random.chance(60) ? "\(text.random.number(Self.rows))" : text.number()
        let tree: LooseJSON
        switch target {
        case 0...2: return text.document()
        case 3: tree = .object([("job", .raw(row))])
        case 4: tree = .object([("lab_job", .raw(row))])
        default:
            let jobset =
                text.jobsets.isEmpty || text.random.chance(30) ? text.random.uuid() : text.random.pick(text.jobsets)
            let generation = text.random.chance(60) ? "1" : text.number()
            tree = .object([("jobset", .text(jobset.uuidString.lowercased())), ("generation", .raw(generation))])
        }
        guard text.random.chance(30) else { return text.damaged(Array(tree.written.utf8)) }
        var this = text
        let changed = tree.changed(&text.random) { _, random in
            this.random = SplitMix64(seed: random.next())
            return this.value()
        }
        return text.damaged(Array(changed.written.utf8))
    }

    private mutating func properties(_ target: Int) -> AMQPProperties {
        let types = [
            "muster.jobset.v1", "muster.jobset.v1", "muster.addition.v1", JobMessage.type, LabJobMessage.type,
            NotificationMessage.type, NotificationMessage.type,
        ]
        var properties = AMQPProperties(contentType: "application/json", type: types[target], appID: "muster")
        if text.random.chance(50) { properties.headers = table(depth: 0) }
        if text.random.chance(30) { properties.messageID = text.random.uuid().uuidString.lowercased() }
        for _ in 0..<text.random.pick([0, 0, 0, 1, 2]) {
            switch text.random.number(0...9) {
            case 0: properties.type = short()
            case 1: properties.messageID = short()
            case 2: properties.correlationID = short()
            case 3:
                properties.replyTo = text.random.pick([
                    "nowhere", "", topology.prefix, topology.dead, topology.notifications,
                    short(),
                ])
            case 4: properties.contentType = short()
            case 5: properties.contentEncoding = text.random.pick(["gzip", short()])
            case 6: properties.priority = UInt8(text.random.number(0...255))
            case 7: properties.timestamp = text.random.pick([0, 1, .max, 253_402_300_800])
            case 8: properties.deliveryMode = text.random.pick([nil, .transient])
            default: properties.appID = short()
            }
        }
        return properties
    }

    /// Headers of the fleet's own, of the broker's, and others. Not among them is what ends a RabbitMQ 3.10 by itself:
    /// numbers that are none, and an `x-death` that no broker wrote, which its own dead-lettering fails on.
    private mutating func table(depth: Int) -> AMQPTable {
        let names = [
            "x-muster-tries", "x-muster-tries", "x-muster-tries", "x-muster-reason", "x-muster-queue",
            "x-delivery-count", "x-first-death-queue", "x-match", "a", short(),
        ]
        return AMQPTable((0..<text.random.number(0...4)).map { _ in (text.random.pick(names), value(depth: depth)) })
    }

    private static let integers: [AMQPValue] = [
        .int64(.min), .int64(.max), .int64(-1), .int64(-5), .int64(0), .int64(3), .int64(1_999), .int64(2_000),
        .int64(1 << 31), .int32(.min), .int32(.max), .int16(.min), .int8(-128), .uint8(255), .uint16(.max),
        .uint32(.max),
        .timestamp(.max), .double(-1e300), .float(-1e30), .decimal(scale: 255, value: .max), .void,
        .bool(true),
    ]

    private mutating func value(depth: Int) -> AMQPValue {
        switch text.random.number(0...11) {
        case 0...5: text.random.pick(Self.integers)
        case 10: .array([.string(topology.notifications)])
        case 11:
            .array([
                .table(["queue": .string("\(topology.prefix).delay.1s"), "reason": "expired", "count": .int64(.max)])
            ])
        case 6: .string(text.text())
        case 7: .bytes((0..<text.random.number(0...50)).map { _ in UInt8(text.random.number(0...255)) })
        case 8 where depth < 4: .table(table(depth: depth + 1))
        default: .array((0..<text.random.number(0...3)).map { _ in depth < 4 ? value(depth: depth + 1) : .void })
        }
    }

    /// A text of at most 255 bytes, which is all that a property may have, and without NUL, which the client refuses.
    private mutating func short() -> String {
        var short = text.text()
        while short.utf8.count > 255 { short = String(short.prefix(short.count / 2)) }
        return short
    }
}
