// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import Testing

@Suite("Answers", .timeLimit(.minutes(10)))
struct AnswerTests {
    private static let id = UUID()
    private static let answers: [JobsetAnswer] = [
        .accepted(id: id, total: 100_000),
        .refused(
            Problem.invalidDocument([
                Fault(pointer: "/jobs/0/backend", value: "lab-z", reason: "names no lab"),
                Fault(pointer: "/build", reason: "is missing"),
            ])
        ),
        .refused(Problem(.conflict(id: id.uuidString.lowercased(), jobset: nil))),
    ]

    @Test("An answer goes back to the queue and the correlation that were asked for", arguments: answers)
    func roundTrip(answer: JobsetAnswer) async throws {
        try await TestQueues.with { test in
            try await test.withWorker(
                on: test.topology.jobsets,
                handler: { delivery in
                    // Not for us: anybody who knows the queue's name can publish to it.
                    var stranger = delivery
                    stranger.message.properties.correlationID = "somebody else's"
                    try await test.publisher.answer(.accepted(id: UUID(), total: 1), to: stranger)
                    try await test.publisher.answer(answer, to: delivery)
                    return .done
                },
                {
                    try await test.session { session in
                        let queue = AnswerQueue(topology: test.topology, session: session)
                        try await queue.declare()
                        try await test.publisher.publish(
                            jobset: Array("{}".utf8),
                            id: Self.id,
                            replyTo: queue.name,
                            correlationID: queue.correlationID
                        )
                        #expect(try await queue.first(within: patience) == answer)
                        try await queue.remove()
                    }
                }
            )
            #expect(try await test.ready(test.topology.jobsets) == 0)
        }
    }

    @Test("Without a correlation id the answer carries the message's id")
    func withoutCorrelation() async throws {
        try await TestQueues.with { test in
            try await test.session { session in
                let queue = AnswerQueue(topology: test.topology, session: session)
                try await queue.declare()
                let properties = AMQPProperties(replyTo: queue.name, messageID: "m-1")
                let asked = AMQPDelivery(message: AMQPMessage(body: [], properties: properties))
                try await test.publisher.answer(.accepted(id: Self.id, total: 1), to: asked)
                try await eventually("the answer") { try await session.messageCount(queue.name)?.messages == 1 }
                let got = try #require(try await session.get(queue: queue.name))
                try await got.ack()
                #expect(got.message.properties.correlationID == "m-1")
                #expect(got.message.properties.contentType == "application/json")
                try await queue.remove()
            }
        }
    }

    @Test("That nobody asked for an answer, or waits for it any more, is no failure")
    func nobodyWaits() async throws {
        try await TestQueues.with { test in
            for replyTo in [nil, "", "\(test.topology.prefix).gone"] {
                let properties = AMQPProperties(replyTo: replyTo)
                let delivery = AMQPDelivery(message: AMQPMessage(body: [], properties: properties))
                try await test.publisher.answer(.accepted(id: Self.id, total: 1), to: delivery)
            }
        }
    }

    @Test("An answer that can't be read says so, and none within the limit is none")
    func unreadable() async throws {
        try await TestQueues.with { test in
            try await test.session { session in
                let queue = AnswerQueue(topology: test.topology, session: session)
                try await queue.declare()
                #expect(try await queue.first(within: .milliseconds(50)) == nil)
                for (type, body) in [("muster.accepted.v1", "{"), ("muster.accepted.v9", "{}"), (nil, "{}")] {
                    let properties = AMQPProperties(correlationID: queue.correlationID, type: type)
                    try await session.publish(
                        AMQPMessage(text: body, properties: properties),
                        exchange: "",
                        routingKey: queue.name
                    )
                    await #expect(throws: UnreadableMessage.self) {
                        _ = try await queue.first(within: patience)
                    }
                }
                try await queue.remove()
            }
        }
    }
}
