// SPDX-License-Identifier: Apache-2.0

import AMQP
import TestSupport
import Testing

@Suite("What a user is permitted", .timeLimit(.minutes(10)))
struct PermissionTests {
    @Test("it is found out for what is there and for what is not, and nothing is changed by it")
    func permits() async throws {
        // For each operation one queue that is there, and a name of nothing.
        let names = AMQPOperation.allCases.map { operation in
            (operation, TestBroker.uniqueName("present"), TestBroker.uniqueName("absent"))
        }
        func pattern(_ operation: AMQPOperation, _ more: String = "") -> String {
            let own = names.filter { $0.0 == operation }.map { "\($0.1)|\($0.2)\(more)" }
            return "^(\(own.joined()))$"
        }
        let present = names.map(\.1)
        let queues = present.map { AMQPQueue(name: $0, arguments: ["x-queue-type": "quorum"]) }
        try await withSession { session in
            try await session.declare(AMQPTopology(queues: queues))
            for queue in present {
                try await session.publish(AMQPMessage(text: "kept"), exchange: "", routingKey: queue)
            }
        }
        try await TestServers.withBrokerUser(
            configure: pattern(.configure),
            write: pattern(.write, "|amq\\.default"),
            read: pattern(.read)
        ) { url in
            let configuration = try AMQPConfiguration(url: url)
            try await AMQPSession.withSession(configuration: configuration, logger: quietLogger) { session in
                for (operation, there, nothing) in names {
                    for asked in AMQPOperation.allCases {
                        for name in [there, nothing] {
                            let permitted = try await session.permits(asked, on: name)
                            #expect(permitted == (asked == operation), "\(asked) \(name)")
                        }
                    }
                }
                let byDefault = try await session.permits(.write, on: "amq.default")
                #expect(byDefault)
            }
        }
        try await withSession { session in
            for (_, there, nothing) in names {
                let (counts, none) = (try await session.messageCount(there), try await session.messageCount(nothing))
                #expect(counts?.messages == 1 && counts?.consumers == 0 && none == nil, "\(there)")
                let kept = try #require(try await session.get(queue: there))
                #expect(!kept.delivery.redelivered)
                try await kept.ack()
                try await session.deleteQueue(there)
            }
        }
    }

    @Test("the broker says what it is")
    func broker() async throws {
        try await withSession { session in
            let broker = await session.broker
            #expect(broker.product == "RabbitMQ")
            #expect(broker.version.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+.*/) != nil, "\(broker)")
        }
    }

    @Test("a limit of connections that is reached is an outage, not a refusal for good")
    func connectionLimit() async throws {
        try await TestServers.withBrokerUser(configure: ".*", write: ".*", read: ".*") { url in
            let configuration = try AMQPConfiguration(url: url)
            try await TestServers.rabbitmqctl("set_user_limits", configuration.user, #"{"max-connections": 0}"#)
            let error = await #expect(throws: AMQPError.self) { try await canTalk(configuration) }
            #expect(error?.code == .connectionLost && error?.isFatal == false, "\(String(describing: error))")
            #expect(error?.replyText?.contains("connection limit") == true, "\(String(describing: error))")
            try await TestServers.rabbitmqctl("clear_user_limits", configuration.user, "max-connections")
            #expect(try await canTalk(configuration))
        }
    }
}
