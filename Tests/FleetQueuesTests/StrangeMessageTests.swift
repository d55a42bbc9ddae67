// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import Foundation
import Testing

@testable import FleetQueues

/// What anybody may publish must neither end a worker nor be believed.
@Suite("Messages with strange headers", .timeLimit(.minutes(10)))
struct StrangeMessageTests {
    private struct Trouble: LastingError, CustomStringConvertible {
        var isLasting: Bool
        var description: String { "the database says no" }
    }

    private static let extremes: [AMQPValue] = [
        .int64(.min), .int64(-5), .int64(-1), .int64(0), .int64(1), .int64(2), .int64(3), .int64(.max), .int32(.min),
        .int32(.max), .int8(.min), .uint8(.max), .int16(.min), .uint16(.max), .uint32(.max), .double(.infinity),
        .double(.nan), .double(-1e300), .float(.greatestFiniteMagnitude), .decimal(scale: 255, value: .max),
        .string("-5"), .string(""), .string("99999999999999999999"), .bytes([0xFF]), .timestamp(.max), .bool(true),
        .table(["x-muster-tries": -5]), .array([-5, .int64(.max)]), .void,
    ]

    @Test("Whatever a message says of its tries, it is put off like a new one, in its turn", arguments: extremes)
    func tries(_ value: AMQPValue) {
        let topology = FleetTopology(prefix: "p", backends: ["lab-a"])
        let death: AMQPTable = ["queue": "p.delay.1s", "reason": "expired", "time": .timestamp(.max)]
        let delayed: AMQPValue = .array([.table(death)])
        for (exchange, headers, isOurs) in [
            ("p", ["x-muster-tries": value], false), ("p", ["x-muster-tries": value, "x-death": delayed], false),
            ("", ["x-muster-tries": value], false), ("", ["x-muster-tries": value, "x-death": value], false),
            ("", ["x-muster-tries": value, "x-death": delayed], true),
        ] as [(String, AMQPTable, Bool)] {
            let message = AMQPMessage(body: [], properties: AMQPProperties(headers: headers))
            let delivery = AMQPDelivery(message: message, exchange: exchange, routingKey: "p.jobsets")
            let tries = PutOffMessage.tries(delivery, in: topology)
            #expect((0...PutOffMessage.maximumTries).contains(tries))
            #expect(isOurs || tries == 0)
            #expect(FleetTopology.delays.contains(FleetTopology.pause(afterTries: tries)))
            let again = PutOffMessage.again(delivery, tries: tries + 1, reason: "r")
            #expect(again.properties.headers?["x-muster-tries"]?.integer == tries + 1)
            _ = DeadLetter(delivery, position: 0, workQueues: ["p.jobsets"])
        }
    }

    @Test("A worker outlives every message whose handling fails, whatever its headers")
    func handled() async throws {
        try await TestQueues.with { test in
            let (queue, seen) = (test.topology.jobs(of: "lab-a"), Seen<AMQPDelivery>())
            let death: AMQPValue = .array([.table(["queue": .string("\(test.topology.prefix).delay.1s")])])
            let count = Self.extremes.count * 2 - 4
            try await test.session { session in
                // The broker itself reads no number that is none.
                for value in Self.extremes where value.isReadByTheBroker {
                    for (exchange, key) in [(test.topology.exchange, "job.lab-a"), ("", queue)] {
                        let headers: AMQPTable = ["x-muster-tries": value, "x-death": death, "x-muster-reason": value]
                        let properties = AMQPProperties(headers: headers, type: JobMessage.type)
                        try await session.publish(
                            AMQPMessage(body: Array("{}".utf8), properties: properties),
                            exchange: exchange,
                            routingKey: key
                        )
                    }
                }
            }
            try await test.withWorker(
                on: queue,
                handler: { delivery in
                    seen.add(delivery)
                    guard delivery.message.properties.headers?["x-muster-queue"] == nil else { return .done }
                    throw Trouble(isLasting: false)
                },
                {
                    // Each comes twice at least, or is put aside as one that has had its tries.
                    try await eventually("all to come again") {
                        let aside = try await test.ready(test.topology.dead) ?? 0
                        let again = seen.all.count { $0.message.properties.headers?["x-muster-reason"]?.string != nil }
                        return seen.all.count >= count && again + aside * 2 >= count
                    }
                }
            )
        }
    }

    @Test("An error that will not pass is tried a few times, another for hours")
    func lasting() async throws {
        try await TestQueues.with { test in
            let seen = Seen<Int>()
            try await test.publisher.announce(jobs: [AnnouncedJob(id: 7, backend: "lab-a")])
            try await test.withJobWorker(
                maximumLastingTries: 1,
                handler: { _, tries in
                    seen.add(tries)
                    throw Trouble(isLasting: true)
                },
                { try await test.waitForReady(1, in: test.topology.dead) }
            )
            #expect(seen.all == [0, 1])
            #expect(try await test.deadLetters().first?.reason == "given up after 1 tries: the database says no")
        }
    }

    @Test("A message that would go elsewhere, expire or name another user is put off as itself alone")
    func otherWays() async throws {
        try await TestQueues.with { test in
            let (queue, seen) = (test.topology.finished(in: "lab-a"), Seen<AMQPDelivery>())
            let properties = AMQPProperties(
                headers: ["mine": "kept", "x-muster-queue": "elsewhere"],
                expiration: "86400000",
                userID: test.configuration.user
            )
            try await test.publish(AMQPMessage(body: [1], properties: properties), to: queue)
            try await test.withWorker(
                on: queue,
                handler: { delivery in
                    var strange = delivery
                    strange.message.properties.headers?["CC"] = .array([.string(test.topology.notifications)])
                    #expect(PutOffMessage.unmarked(strange.message).properties.headers?["CC"] == nil)
                    if seen.add(delivery) == 1 { return .retry(after: .milliseconds(1), reason: "not yet") }
                    return .dead(reason: "enough")
                },
                { try await test.waitForReady(1, in: test.topology.dead) }
            )
            let second = try #require(seen.all.last).message.properties
            #expect(second.expiration == nil)
            #expect(second.userID == nil)
            #expect(second.headers?["mine"]?.string == "kept")
            #expect(try await test.deadLetters().map(\.queue) == [queue])
        }
    }

    @Test("Headers that fill a whole frame do not keep a message from being put off")
    func fullFrame() async throws {
        try await TestQueues.with { test in
            let (queue, seen) = (test.topology.finished(in: "lab-a"), Seen<AMQPDelivery>())
            // As much as the client itself publishes in one frame, to the last bytes.
            try await test.session { session in
                for bytes in stride(from: 131_072, to: 0, by: -16) {
                    let properties = AMQPProperties(headers: ["filler": .string(String(repeating: "x", count: bytes))])
                    do {
                        let message = AMQPMessage(body: [1], properties: properties)
                        return try await session.publish(message, exchange: "", routingKey: queue)
                    } catch let error as AMQPError where error.code == .tooLarge {
                        continue
                    }
                }
            }
            try await test.withWorker(
                on: queue,
                handler: { delivery in
                    if seen.add(delivery) == 1 { throw Trouble(isLasting: false) }
                    return .done
                },
                { try await seen.wait(for: 2) }
            )
            #expect(seen.all.map { $0.message.properties.headers?["x-muster-tries"]?.integer } == [nil, 1])
            #expect(seen.all.last?.redelivered == false)
        }
    }

    @Test("While the broker takes nothing a message is kept in hand and not returned again and again")
    func keptInHand() async throws {
        try await TestQueues.with { test in
            let (queue, seen) = (test.topology.jobs(of: "lab-a"), Seen<AMQPDelivery>())
            let obstacle = "\(test.topology.exchange)_obstacle"
            let delay = "\(test.topology.prefix).delay.1s"
            let full: AMQPTable = ["x-queue-type": "classic", "x-max-length": 1, "x-overflow": "reject-publish"]
            try await test.session { session in
                let binding = AMQPBinding(exchange: delay, queue: obstacle, routingKey: "")
                try await session.declare(
                    AMQPTopology(queues: [AMQPQueue(name: obstacle, arguments: full)], bindings: [binding])
                )
                try await session.publish(AMQPMessage(text: "full"), exchange: "", routingKey: obstacle)
            }
            try await test.publisher.announce(jobs: [AnnouncedJob(id: 7, backend: "lab-a")])
            try await test.withWorker(
                on: queue,
                handler: { delivery in
                    if seen.add(delivery) == 1 { throw Trouble(isLasting: false) }
                    return .done
                },
                {
                    try await seen.wait(for: 1)
                    // Longer than the publisher itself tries again.
                    try await Task.sleep(for: .seconds(6))
                    _ = try await test.session { try await $0.deleteQueue(obstacle) }
                    try await seen.wait(for: 2)
                }
            )
            #expect(seen.all.map(\.redelivered).first == false)
            #expect(seen.all[1].message.properties.headers?["x-muster-tries"]?.integer == 1)
            #expect(seen.all.allSatisfy { $0.deliveryCount == nil })
        }
    }

    @Test("Answers go to queues of the publisher's own and of the fleet's answers, and to no other of the fleet's")
    func answers() {
        let topology = FleetTopology(prefix: "muster", backends: ["lab-a"])
        let own = topology.topology.queues.map(\.name) + ["muster.jobs.gone", "muster.", "muster.delay.1s"]
        #expect(own.filter(topology.canTakeAnswers) == [])
        let others = ["muster.answers.1", "mine", "musters", "amq.gen-x", "amq.rabbitmq.reply-to.g1h2A3", "muster"]
        #expect(others.filter { !topology.canTakeAnswers($0) } == [])
    }

    @Test("Texts that are no UTF-8 and fill their property can be sent again")
    func brokenText() async throws {
        // 255 bytes, each of which is read as one of three.
        try await TestQueues.with { test in
            let queue = test.topology.notifications
            let properties = AMQPProperties(messageID: String(repeating: "\u{FFFD}", count: 85))
            try await test.publish(AMQPMessage(body: [1], properties: properties), to: queue)
            try await test.session { session in
                let got = try #require(try await session.get(queue: queue))
                #expect(got.message.properties.messageID?.utf8.count == 255)
                try await session.publish(got.message, exchange: "", routingKey: queue)
                try await got.ack()
            }
        }
    }
}

extension AMQPValue {
    /// Whether it is a number, if it is of a type of numbers: RabbitMQ ends a channel that sends it any other.
    fileprivate var isReadByTheBroker: Bool {
        if case .double(let number) = self { number.isFinite } else { true }
    }
}
