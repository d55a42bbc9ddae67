// SPDX-License-Identifier: Apache-2.0

import AMQP
import Testing

@Suite("Sessions", .timeLimit(.minutes(10)))
struct SessionTests {
    @Test("all properties and all kinds of headers come back as they went")
    func roundTrip() async throws {
        let headers: AMQPTable = [
            "bool": true, "int8": .int8(-8), "uint8": .uint8(200), "int16": .int16(-3000), "uint16": .uint16(60_000),
            "int32": .int32(-70_000), "uint32": .uint32(4_000_000_000), "int64": .int64(.min), "float": .float(0.25),
            "double": .double(1e300), "decimal": .decimal(scale: 2, value: 1999), "string": "grüß Gott",
            "empty": "", "bytes": .bytes([0, 255, 128]), "time": .timestamp(1_700_000_000), "void": .void,
            "table": ["inner": ["deeper": [1, "two", .void, ["three": 3]]], "none": .table([:])],
            "array": [.array([]), false],
        ]
        let properties = AMQPProperties(
            contentType: "text/plain",
            contentEncoding: "identity",
            headers: headers,
            deliveryMode: .transient,
            priority: 7,
            correlationID: "c",
            replyTo: "r",
            expiration: "600000",
            messageID: "m",
            timestamp: 1_700_000_001,
            type: "muster.test.v1",
            userID: try TestBroker.configuration().user,
            appID: "tests"
        )
        try await withQueue { queue in
            try await withSession { session in
                let message = AMQPMessage(body: [1, 2, 3], properties: properties)
                try await session.publish(message, exchange: "", routingKey: queue)
                let got = try #require(try await session.get(queue: queue))
                #expect(got.message == message)
                #expect(got.delivery.routingKey == queue)
                #expect(got.delivery.exchange == "")
                #expect(got.remaining == 0)
                try await got.ack()
                let bare = AMQPMessage(body: [], properties: AMQPProperties(deliveryMode: nil))
                try await session.publish(bare, exchange: "", routingKey: queue)
                let second = try #require(try await session.get(queue: queue))
                #expect(second.message == bare)
                try await second.ack()
                #expect(try await session.get(queue: queue) == nil)
            }
        }
    }

    @Test("a session counts, requeues, purges and deletes, and survives refusals")
    func tools() async throws {
        try await withQueue { queue in
            try await withSession { session in
                let missing = TestBroker.uniqueName("missing")
                #expect(try await session.messageCount(missing) == nil)
                #expect(try await session.exchangeExists(missing) == false)
                #expect(try await session.exchangeExists("amq.topic"))
                for text in ["a", "b", "c"] {
                    try await session.publish(AMQPMessage(text: text), exchange: "", routingKey: queue)
                }
                let got = try #require(try await session.get(queue: queue))
                // A refusal must not close the channel that this delivery hangs on.
                #expect(try await session.messageCount(missing) == nil)
                try await got.requeue()
                let again = try #require(try await session.get(queue: queue))
                #expect(again.delivery.redelivered)
                #expect(again.message.body == Array("a".utf8))
                try await again.ack()
                #expect(try await session.purge(queue: queue) == 2)
                #expect(try await session.messageCount(queue)?.messages == 0)
                let error = await #expect(throws: AMQPError.self) {
                    _ = try await session.get(queue: missing)
                }
                #expect(error?.replyCode == 404)
                #expect(error?.description.contains(missing) == true)
                #expect(try await session.messageCount(queue)?.messages == 0)
            }
        }
    }

    @Test("exchanges can be bound to exchanges")
    func exchangeBinding() async throws {
        try await withQueue { queue in
            try await withSession { session in
                let (outer, inner) = (TestBroker.uniqueName("outer"), TestBroker.uniqueName("inner"))
                let topology = AMQPTopology(
                    exchanges: [
                        AMQPExchange(name: outer, kind: .topic),
                        AMQPExchange(name: inner, kind: .fanout, isInternal: true),
                    ],
                    bindings: [
                        AMQPBinding(exchange: outer, destination: .exchange(inner), routingKey: "a.#"),
                        AMQPBinding(exchange: inner, queue: queue, routingKey: ""),
                    ]
                )
                try await session.declare(topology)
                try await session.declare(topology)
                try await session.publish(AMQPMessage(text: "x"), exchange: outer, routingKey: "a.b")
                #expect(try await session.messageCount(queue)?.messages == 1)
                try await session.deleteExchange(outer)
                try await session.deleteExchange(inner)
            }
        }
    }

    @Test("TLS: the right authority is accepted, a wrong one and a wrong name are not")
    func tls() async throws {
        let right = try TestBroker.tlsConfiguration()
        #expect(try await canTalk(right))
        var wrong = right
        wrong.tls?.certificateAuthorityFile = "/etc/ssl/certs/ca-certificates.crt"
        var absent = right
        absent.tls?.certificateAuthorityFile = "/nonexistent.pem"
        var misnamed = right
        misnamed.host = "127.0.0.1"
        for configuration in [wrong, absent, misnamed] {
            let error = await #expect(throws: AMQPError.self) { try await canTalk(configuration) }
            #expect(error?.code == .tls)
        }
        wrong.tls?.verifyPeer = false
        wrong.tls?.verifyHostname = false
        #expect(try await canTalk(wrong))
    }
}
