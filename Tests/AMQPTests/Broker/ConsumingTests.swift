// SPDX-License-Identifier: Apache-2.0

import AMQP
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite("Consuming", .timeLimit(.minutes(10)))
struct ConsumingTests {
    private func consumer(
        _ queue: String,
        topology: AMQPTopology = .init(),
        prefetch: UInt16 = 10,
        concurrency: Int? = nil,
        drainTimeout: Duration = .seconds(25),
        handler: @escaping @Sendable (AMQPDelivery) async -> AMQPSettlement
    ) throws -> AMQPConsumer {
        AMQPConsumer(
            configuration: try TestBroker.configuration(),
            topology: topology,
            queue: queue,
            prefetch: prefetch,
            concurrency: concurrency,
            drainTimeout: drainTimeout,
            logger: quietLogger,
            handler: handler
        )
    }

    private func fill(_ queue: String, _ count: Int) async throws {
        try await withPublisher { publisher in
            try await publisher.publish(
                (0..<count).map {
                    AMQPPublication(message: AMQPMessage(text: "\($0)"), exchange: "", routingKey: queue)
                }
            )
        }
    }

    @Test("every message is delivered and acked, with no more handlers at once than asked for")
    func concurrency() async throws {
        try await withQueue { queue in
            try await fill(queue, 200)
            let seen = Collector<String>()
            let running = Mutex((now: 0, most: 0))
            let consumer = try consumer(queue, prefetch: 20, concurrency: 4) { delivery in
                running.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                await Task.yield()
                running.withLock { $0.now -= 1 }
                seen.add(String(decoding: delivery.message.body, as: UTF8.self))
                return .ack
            }
            let all = try await withServices([consumer]) {
                try await consumer.waitUntilConsuming(timeout: patience)
                return try await seen.wait(forCount: 200)
            }
            #expect(Set(all).count == 200)
            #expect(running.withLock { $0.most } <= 4)
            #expect(try await readyMessages(queue) == 0)
        }
    }

    @Test("the broker holds back what exceeds the prefetch count")
    func prefetch() async throws {
        try await withQueue { queue in
            try await fill(queue, 10)
            let started = Collector<Int>()
            let release = Collector<Int>()
            let consumer = try consumer(queue, prefetch: 3) { _ in
                started.add(1)
                _ = try? await release.wait(forCount: 1)
                return .ack
            }
            try await withServices([consumer]) {
                try await started.wait(forCount: 3)
                #expect(try await readyMessages(queue) == 7)
                #expect(started.elements.count == 3)
                release.add(1)
                try await started.wait(forCount: 10)
            }
        }
    }

    @Test("requeue delivers again and counts; at the limit a quorum queue dead-letters, as reject does at once")
    func requeueAndReject() async throws {
        let names = (
            queue: TestBroker.uniqueName("quorum"), dead: TestBroker.uniqueName("dead"),
            exchange: TestBroker.uniqueName("exchange")
        )
        let topology = AMQPTopology(
            exchanges: [AMQPExchange(name: names.exchange, kind: .direct)],
            queues: [
                AMQPQueue(
                    name: names.queue,
                    arguments: [
                        "x-queue-type": "quorum", "x-delivery-limit": 2,
                        "x-dead-letter-exchange": .string(names.exchange), "x-dead-letter-routing-key": "dead",
                        "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish",
                    ]
                ),
                AMQPQueue(name: names.dead, arguments: ["x-queue-type": "quorum"]),
            ],
            bindings: [AMQPBinding(exchange: names.exchange, queue: names.dead, routingKey: "dead")]
        )
        let attempts = Collector<(String, Int?)>()
        let working = try consumer(names.queue, topology: topology) { delivery in
            let text = String(decoding: delivery.message.body, as: UTF8.self)
            attempts.add((text, delivery.deliveryCount))
            return text == "poison" ? .requeue : .reject
        }
        let dead = Collector<AMQPDelivery>()
        let burying = try consumer(names.dead, topology: topology) { delivery in
            dead.add(delivery)
            return .ack
        }
        let buried = try await withServices([working]) {
            try await withServices([burying]) {
                try await working.waitUntilConsuming(timeout: patience)
                try await withPublisher { publisher in
                    try await publisher.publish(AMQPMessage(text: "poison"), exchange: "", routingKey: names.queue)
                    try await publisher.publish(AMQPMessage(text: "bad"), exchange: "", routingKey: names.queue)
                }
                return try await dead.wait(forCount: 2)
            }
        }
        #expect(attempts.elements.filter { $0.0 == "poison" }.map { $0.1 ?? 0 } == [0, 1, 2])
        #expect(attempts.elements.filter { $0.0 == "bad" }.count == 1)
        let reasons = buried.map { delivery -> String? in
            guard case .array(let deaths)? = delivery.message.properties.headers?["x-death"],
                case .table(let death)? = deaths.first
            else { return nil }
            #expect(death["queue"] == .string(names.queue))
            #expect(death["count"]?.integer == 1)
            return death["reason"]?.string
        }
        #expect(Set(reasons) == ["delivery_limit", "rejected"])
        try await withSession { session in
            try await session.deleteQueue(names.queue)
            try await session.deleteQueue(names.dead)
            try await session.deleteExchange(names.exchange)
        }
    }

    @Test("on shutdown what is in flight is finished and settled, and nothing new begins")
    func drains() async throws {
        try await withQueue { queue in
            try await fill(queue, 6)
            let started = Collector<Int>()
            let finished = Collector<Int>()
            let release = Collector<Int>()
            let consumer = try consumer(queue, prefetch: 2) { _ in
                started.add(1)
                _ = try? await release.wait(forCount: 1)
                finished.add(1)
                return .ack
            }
            let group = ServiceGroup(services: [consumer], logger: quietLogger)
            async let running: Void = group.run()
            try await started.wait(forCount: 2)
            await group.triggerGracefulShutdown()
            try await eventually("it to drain") { consumer.state == .draining }
            try await eventually("it to be gone") {
                try await withSession { try await $0.messageCount(queue)?.consumers == 0 }
            }
            release.add(1)
            try await running
            #expect(finished.elements.count == 2)
            #expect(consumer.state == .stopped)
            #expect(try await readyMessages(queue) == 4)
        }
    }

    @Test("a handler that does not return within the drain limit is left, and its message delivered again")
    func drainLimit() async throws {
        try await withQueue { queue in
            try await fill(queue, 1)
            let started = Collector<Int>()
            let consumer = try consumer(queue, drainTimeout: .milliseconds(200)) { _ in
                started.add(1)
                try? await Task.sleep(for: .seconds(3600))
                return .ack
            }
            try await withServices([consumer]) { _ = try await started.wait(forCount: 1) }
            try await eventually("the message to be back") {
                try await withSession { try await $0.messageCount(queue)?.messages == 1 }
            }
        }
    }

    @Test("when its queue is deleted the consumer declares it again and goes on")
    func queueDeleted() async throws {
        try await withQueue { queue in
            let seen = Collector<String>()
            let topology = AMQPTopology(queues: [AMQPQueue(name: queue)])
            let consumer = try consumer(queue, topology: topology) { delivery in
                seen.add(String(decoding: delivery.message.body, as: UTF8.self))
                return .ack
            }
            try await withServices([consumer]) {
                for round in 1...3 {
                    try await consumer.waitUntilConsuming(timeout: patience)
                    try await withPublisher {
                        try await $0.publish(AMQPMessage(text: "\(round)"), exchange: "", routingKey: queue)
                    }
                    try await seen.wait(forCount: round)
                    _ = try await withSession { try await $0.deleteQueue(queue) }
                    try await eventually("it to be there again") {
                        try await withSession { try await $0.messageCount(queue)?.consumers == 1 }
                    }
                }
            }
        }
    }

    @Test("a queue that appears later is consumed as soon as it is there")
    func queueAppears() async throws {
        let queue = TestBroker.uniqueName("late")
        let seen = Collector<Int>()
        let consumer = try consumer(queue) { _ in
            seen.add(1)
            return .ack
        }
        try await withServices([consumer]) {
            let error = await #expect(throws: AMQPError.self) {
                try await consumer.waitUntilConsuming(timeout: .milliseconds(300))
            }
            #expect(error?.code == .timeout)
            try await withSession { session in
                try await session.declare(AMQPTopology(queues: [AMQPQueue(name: queue)]))
                try await session.publish(AMQPMessage(text: "x"), exchange: "", routingKey: queue)
            }
            _ = try await seen.wait(forCount: 1)
        }
        _ = try await withSession { try await $0.deleteQueue(queue) }
    }
}
