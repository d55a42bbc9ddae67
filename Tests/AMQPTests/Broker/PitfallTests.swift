// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TestSupport
import Testing

@testable import AMQP

/// The known ways to go wrong over rabbitmq-c, each with a test of its own.
@Suite("Pitfalls", .timeLimit(.minutes(10)))
struct PitfallTests {
    private func open(
        _ change: (inout AMQPConfiguration) -> Void = { _ in }
    ) async throws -> Connection {
        var configuration = try TestBroker.configuration()
        change(&configuration)
        return try await Connection.open(configuration, name: "amqp-test", logger: quietLogger)
    }

    @Test("1: a connection is used on its own thread alone, whoever calls")
    func ownThread() async throws {
        let connection = try await open()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { await connection.isOnItsThread() } }
            for await isThere in group { #expect(isThere) }
        }
        #expect(!connection.thread.isCurrent)
        await connection.close()
    }

    @Test("2: the heart beats without anybody calling, and a heartbeat of zero is refused")
    func heartbeat() async throws {
        let connection = try await open { $0.heartbeat = .seconds(1) }
        let channel = try await connection.openChannel()
        let seconds = await connection.agreedHeartbeat()
        #expect(seconds == 1)
        // The broker closes a connection after two missed beats; three intervals of silence from the caller.
        await #expect(throws: NeverHappened.self) {
            try await eventually(within: .seconds(4), "it is lost") { await !connection.isOpen(channel: channel) }
        }
        #expect(await connection.isOpen(channel: channel))
        try await connection.call(channel: channel, .basicQos(prefetch: 1))
        await connection.close()
        let error = await #expect(throws: AMQPError.self) { _ = try await open { $0.heartbeat = .zero } }
        #expect(error?.code == .invalidArgument)
    }

    @Test("3: what has come already is read before sleeping, also what TLS has decrypted and many frames at once")
    func readiness() async throws {
        let configuration = try TestBroker.tlsConfiguration()
        try await withQueue { queue in
            try await withPublisher(configuration) { publisher in
                try await publisher.publish(
                    (0..<2000).map {
                        AMQPPublication(message: AMQPMessage(text: "\($0)"), exchange: "", routingKey: queue)
                    }
                )
            }
            let seen = Collector<Int>()
            let consumer = AMQPConsumer(
                configuration: configuration,
                queue: queue,
                prefetch: 1000,
                logger: quietLogger
            ) { _ in
                seen.add(1)
                return .ack
            }
            try await withServices([consumer]) { _ = try await seen.wait(forCount: 2000) }
        }
    }

    @Test("4: connections that cannot be made block none of Swift's threads")
    func cooperativePool() async throws {
        let proxy = try FreezingProxy(target: try TestBroker.configuration().port)
        defer { proxy.stop() }
        proxy.freeze()
        let port = proxy.port
        let finished = Collector<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // More handshakes that hang than the machine has threads for tasks.
            for _ in 0..<64 {
                group.addTask {
                    _ = try? await Connection.open(
                        AMQPConfiguration(port: port, handshakeTimeout: .seconds(5)),
                        name: "amqp-test",
                        logger: quietLogger
                    )
                    finished.add(1)
                }
            }
            // Others work meanwhile.
            #expect(try await readyMessages(TestBroker.uniqueName("none")) == nil)
            #expect(finished.elements.isEmpty)
            try await group.waitForAll()
        }
        #expect(finished.elements.count == 64)
    }

    @Test("5: names and headers are copied for the call, whatever their length")
    func danglingViews() async throws {
        try await withQueue { queue in
            try await withSession { session in
                for length in [0, 1, 15, 16, 100, 255] {
                    // Short strings live inside the value in Swift, long ones on the heap.
                    let text = String(repeating: "ä", count: length / 2)
                    let properties = AMQPProperties(
                        headers: [text: .string(text + text), "nested": ["k": .array([.string(text)])]],
                        messageID: text
                    )
                    let message = AMQPMessage(text: text, properties: properties)
                    try await session.publish(message, exchange: "", routingKey: queue)
                    let got = try #require(try await session.get(queue: queue))
                    #expect(got.message == message)
                    try await got.ack()
                }
            }
        }
    }

    @Test("6: what was received stays whole after its buffers are released and its connection is gone")
    func borrowedMemory() async throws {
        try await withQueue { queue in
            let kept = try await withSession { session in
                var kept: [AMQPGotMessage] = []
                for number in 0..<50 {
                    let properties = AMQPProperties(headers: ["n": .int64(Int64(number))], messageID: "id-\(number)")
                    let body = [UInt8](repeating: UInt8(number), count: 10_000)
                    let message = AMQPMessage(body: body, properties: properties)
                    try await session.publish(message, exchange: "", routingKey: queue)
                }
                while let got = try await session.get(queue: queue) { kept.append(got) }
                return kept
            }
            #expect(kept.count == 50)
            for (number, got) in kept.enumerated() {
                #expect(got.message.body == [UInt8](repeating: UInt8(number), count: 10_000))
                #expect(got.message.properties.messageID == "id-\(number)")
                #expect(got.message.properties.headers?["n"] == .int64(Int64(number)))
            }
            let error = await #expect(throws: AMQPError.self) { try await kept[0].ack() }
            #expect(error?.code == .connectionLost)
        }
    }

    @Test("7: confirms are counted here, through acks of one and of many")
    func confirms() async throws {
        try await withQueue { queue in
            let connection = try await open()
            let channel = try await connection.openChannel()
            try await connection.call(channel: channel, .confirmSelect)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<3000 {
                    group.addTask {
                        let message = AMQPMessage(text: "\(number)")
                        try await connection.publish(
                            channel: channel,
                            AMQPPublication(message: message, exchange: "", routingKey: queue),
                            until: .now + patience
                        )
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await readyMessages(queue) == 3000)
            await connection.close()
        }
    }

    @Test("8: calls, confirms, returns, deliveries and cancels mix on one channel, and none is lost")
    func mixedFrames() async throws {
        try await withQueue { queue in
            let connection = try await open()
            let events = Collector<String>()
            let channel = try await connection.openChannel { event in
                switch event {
                case .delivery: events.add("delivery")
                case .consumerCancelled: events.add("cancelled")
                case .closed: events.add("closed")
                }
            }
            try await connection.call(channel: channel, .confirmSelect)
            try await connection.call(
                channel: channel,
                .basicConsume(queue: queue, consumerTag: "mixed", arguments: [:])
            )
            let returned = Collector<AMQPError.Code>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        let key = number % 3 == 0 ? "nowhere-\(queue)" : queue
                        let message = AMQPMessage(text: "\(number)")
                        do throws(AMQPError) {
                            try await connection.publish(
                                channel: channel,
                                AMQPPublication(message: message, exchange: "", routingKey: key),
                                until: .now + patience
                            )
                        } catch {
                            returned.add(error.code)
                        }
                    }
                    group.addTask { try await connection.call(channel: channel, .basicQos(prefetch: 500)) }
                }
                try await group.waitForAll()
            }
            #expect(returned.elements == [AMQPError.Code](repeating: .unroutable, count: 100))
            try await events.wait { $0.filter { $0 == "delivery" }.count == 200 }
            _ = try await withSession { try await $0.deleteQueue(queue) }
            try await events.wait { $0.contains("cancelled") }
            #expect(await connection.isOpen(channel: channel))
            await connection.close()
            #expect(events.elements.last == "closed")
        }
    }

    @Test("10: a consumer whose task is cancelled settles what its handlers return")
    func cancellation() async throws {
        try await withQueue { queue in
            try await withPublisher {
                try await $0.publish(AMQPMessage(text: "x"), exchange: "", routingKey: queue)
            }
            let started = Collector<Int>()
            let consumer = AMQPConsumer(
                configuration: try TestBroker.configuration(),
                queue: queue,
                prefetch: 1,
                logger: quietLogger
            ) { _ in
                started.add(1)
                try? await Task.sleep(for: .seconds(3600))
                return .ack
            }
            let running = Task { try await consumer.run() }
            try await started.wait(forCount: 1)
            running.cancel()
            try await running.value
            #expect(consumer.state == .stopped)
            #expect(try await readyMessages(queue) == 0)
        }
    }
}

extension Connection {
    fileprivate func isOnItsThread() -> Bool { thread.isCurrent }
    fileprivate func agreedHeartbeat() -> Int? { raw?.heartbeatSeconds }
}
