// SPDX-License-Identifier: Apache-2.0

import AMQP
import TestSupport
import Testing

@Suite("Publishing", .timeLimit(.minutes(10)))
struct PublishingTests {
    @Test("a publish returns once the message is in its queue")
    func confirmed() async throws {
        try await withQueue { queue in
            try await withPublisher { publisher in
                try await publisher.publish(AMQPMessage(text: "hello"), exchange: "", routingKey: queue)
            }
            try await withSession { session in
                #expect(try await session.messageCount(queue)?.messages == 1)
                let got = try #require(try await session.get(queue: queue))
                #expect(got.message.body == Array("hello".utf8))
                try await got.ack()
            }
        }
    }

    @Test("a mandatory message that no queue takes is unroutable, and one that is not mandatory is not")
    func unroutable() async throws {
        let nowhere = TestBroker.uniqueName("nowhere")
        try await withPublisher { publisher in
            let error = await #expect(throws: AMQPError.self) {
                try await publisher.publish(AMQPMessage(text: "x"), exchange: "", routingKey: nowhere)
            }
            #expect(error?.code == .unroutable)
            #expect(error?.replyCode == 312)
            #expect(error?.replyText == "NO_ROUTE")
            try await publisher.publish(AMQPMessage(text: "x"), exchange: "", routingKey: nowhere, mandatory: false)
        }
    }

    @Test("of many messages in flight exactly those without a queue are unroutable")
    func mixedBatch() async throws {
        try await withQueue { queue in
            let nowhere = TestBroker.uniqueName("nowhere")
            let batch = (0..<500).map { number in
                AMQPPublication(
                    message: AMQPMessage(text: "\(number)", properties: AMQPProperties(headers: ["n": .double(0.5)])),
                    exchange: "",
                    routingKey: number % 7 == 0 ? nowhere : queue
                )
            }
            let error = await #expect(throws: AMQPBatchError.self) {
                try await withPublisher { try await $0.publish(batch) }
            }
            let failures = error?.failures ?? [:]
            #expect(Set(failures.keys) == Set((0..<500).filter { $0 % 7 == 0 }))
            #expect(failures.values.allSatisfy { $0.code == .unroutable })
            let stored = try await readyMessages(queue)
            #expect(stored == 500 - failures.count)
        }
    }

    @Test("a missing exchange is a 404 for who named it, and the publisher goes on")
    func missingExchange() async throws {
        try await withQueue { queue in
            try await withPublisher { publisher in
                let missing = TestBroker.uniqueName("exchange")
                for _ in 0..<3 {
                    let error = await #expect(throws: AMQPError.self) {
                        try await publisher.publish(AMQPMessage(text: "x"), exchange: missing, routingKey: "y")
                    }
                    #expect(error?.code == .channelClosed)
                    #expect(error?.replyCode == 404)
                    #expect(error?.isRetriable == false)
                    try await publisher.publish(AMQPMessage(text: "x"), exchange: "", routingKey: queue)
                }
            }
            #expect(try await readyMessages(queue) == 3)
        }
    }

    @Test("a queue that is full and rejects publishes is a nack")
    func nacked() async throws {
        let full: AMQPTable = ["x-queue-type": "classic", "x-max-length": 1, "x-overflow": "reject-publish"]
        try await withQueue(arguments: full) { queue in
            try await withPublisher { publisher in
                try await publisher.publish(AMQPMessage(text: "1"), exchange: "", routingKey: queue)
                let error = await #expect(throws: AMQPError.self) {
                    try await publisher.publish(AMQPMessage(text: "2"), exchange: "", routingKey: queue)
                }
                #expect(error?.code == .nacked)
            }
        }
    }

    @Test("a body of 50 MB goes out and comes back unharmed", arguments: [false, true])
    func largeBody(isEncrypted: Bool) async throws {
        let configuration = try isEncrypted ? TestBroker.tlsConfiguration() : TestBroker.configuration()
        try await withQueue(arguments: ["x-queue-type": "classic"]) { queue in
            let body = [UInt8](unsafeUninitializedCapacity: 50 << 20) { buffer, count in
                for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 12) }
                count = buffer.count
            }
            try await withPublisher(configuration) {
                try await $0.publish(AMQPMessage(body: body), exchange: "", routingKey: queue)
            }
            let received = Collector<Bool>()
            let consumer = AMQPConsumer(
                configuration: configuration,
                queue: queue,
                prefetch: 1,
                logger: quietLogger
            ) { delivery in
                received.add(delivery.message.body == body)
                return .ack
            }
            let same = try await withServices([consumer]) { try await received.wait(forCount: 1) }
            #expect(same == [true])
        }
    }

    @Test("what exceeds a limit is refused before anything is sent, and harms nobody else")
    func tooLarge() async throws {
        try await withQueue { queue in
            var configuration = try TestBroker.configuration()
            configuration.maximumBodySize = 1000
            try await withPublisher(configuration) { publisher in
                func code(_ message: AMQPMessage, key: String) async -> AMQPError.Code? {
                    do throws(AMQPError) {
                        try await publisher.publish(message, exchange: "", routingKey: key)
                        return nil
                    } catch {
                        return error.code
                    }
                }
                #expect(await code(AMQPMessage(body: [UInt8](repeating: 0, count: 1001)), key: queue) == .tooLarge)
                let wide = AMQPProperties(headers: ["h": .string(String(repeating: "x", count: 200_000))])
                #expect(await code(AMQPMessage(body: [], properties: wide), key: queue) == .tooLarge)
                let long = String(repeating: "k", count: 256)
                #expect(await code(AMQPMessage(text: ""), key: long) == .invalidArgument)
                let id = AMQPProperties(messageID: long)
                #expect(await code(AMQPMessage(body: [], properties: id), key: queue) == .invalidArgument)
                #expect(await code(AMQPMessage(text: "fits"), key: queue) == nil)
            }
        }
    }

    @Test("no more than the maximum are outstanding, and all get through")
    func backPressure() async throws {
        try await withQueue { queue in
            try await withPublisher(maximumUnconfirmed: 3) { publisher in
                try await publisher.publish(
                    (0..<300).map {
                        AMQPPublication(message: AMQPMessage(text: "\($0)"), exchange: "", routingKey: queue)
                    }
                )
            }
            #expect(try await readyMessages(queue) == 300)
        }
    }

    @Test("without a broker a publish fails at its limit and says why")
    func noBroker() async throws {
        let configuration = AMQPConfiguration(
            port: 1,
            publishTimeout: .milliseconds(400),
            firstReconnectDelay: .milliseconds(20)
        )
        try await withPublisher(configuration) { publisher in
            let error = await #expect(throws: AMQPError.self) {
                try await publisher.publish(AMQPMessage(text: ""), exchange: "", routingKey: "x")
            }
            #expect(error?.code == .timeout)
            #expect(error?.isInDoubt == false)
            #expect(error?.message.contains("connection") == true)
        }
    }

    @Test("after the end of the service a publish is refused")
    func afterEnd() async throws {
        let publisher = AMQPPublisher(configuration: try TestBroker.configuration(), logger: quietLogger)
        try await withServices([publisher]) { try await publisher.waitUntilConnected(timeout: patience) }
        let error = await #expect(throws: AMQPError.self) {
            try await publisher.publish(AMQPMessage(text: ""), exchange: "", routingKey: "x")
        }
        #expect(error?.code == .closed)
        #expect(!publisher.isConnected)
    }

    @Test("a topology in conflict ends the service with 406 and the name of the queue")
    func conflict() async throws {
        try await withQueue { queue in
            let other = AMQPTopology(queues: [AMQPQueue(name: queue, arguments: ["x-max-length": 5])])
            let publisher = AMQPPublisher(
                configuration: try TestBroker.configuration(),
                topology: other,
                logger: quietLogger
            )
            let error = await #expect(throws: AMQPError.self) { try await publisher.run() }
            #expect(error?.code == .channelClosed)
            #expect(error?.replyCode == 406)
            #expect(error?.description.contains(queue) == true)
            #expect(error?.isFatal == true)
        }
    }

    @Test("a refused login names user and virtual host, never the password")
    func refusedLogin() async throws {
        var wrongPassword = try TestBroker.configuration()
        wrongPassword.password = "no-such-password"
        var wrongHost = try TestBroker.configuration()
        wrongHost.virtualHost = "no-such-host"
        for configuration in [wrongPassword, wrongHost] {
            let publisher = AMQPPublisher(configuration: configuration, logger: quietLogger)
            let error = await #expect(throws: AMQPError.self) { try await publisher.run() }
            let text = error.map { "\($0)" } ?? ""
            #expect(error?.code == .authentication)
            #expect(text.contains("'\(configuration.user)'") && text.contains("'\(configuration.virtualHost)'"))
            #expect(!text.contains("no-such-password"))
        }
    }
}
