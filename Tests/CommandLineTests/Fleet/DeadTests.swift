// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetQueues
import Foundation
import Testing

@Suite("muster dead")
struct DeadTests {
    /// What `--output json` says of a message.
    private struct Letter: Decodable {
        let key: String
        let position: Int
        let queue: String?
        let reason: String
        let excerpt: String
    }

    /// Puts messages aside as a worker does.
    private func bury(_ fleet: TestFleet, _ bodies: [String], of queue: String) async throws {
        try await fleet.withSession { session in
            try await session.declare(fleet.topology.topology)
            for body in bodies {
                let properties = AMQPProperties(
                    headers: [
                        "x-muster-reason": "makes no sense", "x-muster-queue": .string(queue), "x-muster-tries": 7,
                        "x-of-the-publisher": "stays",
                    ],
                    type: "muster.job.v1"
                )
                try await session.publish(
                    AMQPMessage(text: body, properties: properties),
                    exchange: fleet.topology.dead,
                    routingKey: queue
                )
            }
        }
    }

    private func list(_ fleet: TestFleet) async throws -> [Letter] {
        let ending = try await fleet.muster("dead", "--output", "json")
        #expect(ending.status == 0, "\(ending.errors)")
        return try JSONDecoder().decode([Letter].self, from: Data(ending.output.utf8))
    }

    @Test("Without a broker's queue there is nothing to list")
    func none() async throws {
        try await TestFleet.with { fleet in
            let ending = try await fleet.muster("dead")
            #expect(ending.errors == "there are no dead letters\n")
        }
    }

    @Test("Listing leaves everything where it is, in order")
    func listing() async throws {
        try await TestFleet.with { fleet in
            try await bury(fleet, ["one", "two", "three"], of: fleet.topology.jobs(of: "lab-a"))
            for _ in 0..<3 {
                let letters = try await list(fleet)
                #expect(letters.map(\.excerpt) == ["one", "two", "three"])
                #expect(letters.map(\.position) == [0, 1, 2])
                #expect(letters.allSatisfy { $0.reason == "makes no sense" })
                #expect(letters.allSatisfy { $0.queue == fleet.topology.jobs(of: "lab-a") })
            }
        }
    }

    @Test("A requeued message is in its queue without the marks of its failure; the others stay")
    func requeue() async throws {
        try await TestFleet.with { fleet in
            let queue = fleet.topology.jobs(of: "lab-a")
            try await bury(fleet, ["one", "two", "three"], of: queue)
            let key = try #require(try await list(fleet).first { $0.excerpt == "two" }).key
            let ending = try await fleet.muster("dead", "requeue", key)
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(try await list(fleet).map(\.excerpt) == ["one", "three"])
            try await fleet.withSession { session in
                let got = try #require(try await session.get(queue: queue))
                #expect(got.message.body == Array("two".utf8))
                #expect(got.message.properties.type == "muster.job.v1")
                // The broker counts anew, and says so in a header of its own.
                #expect(got.delivery.deliveryCount ?? 0 == 0)
                let keys = got.message.properties.headers?.keys.filter { $0 != "x-delivery-count" }
                #expect(keys == ["x-of-the-publisher"])
                #expect(try await session.get(queue: queue) == nil)
            }
        }
    }

    @Test("A message the broker put aside goes back where it was refused")
    func deadLettered() async throws {
        try await TestFleet.with { fleet in
            let queue = fleet.topology.finished(in: "lab-a")
            try await fleet.withSession { session in
                try await session.declare(fleet.topology.topology)
                try await session.publish(AMQPMessage(text: "refused"), exchange: "", routingKey: queue)
                try await #require(try await session.get(queue: queue)).reject()
                try await eventually("it to be put aside") {
                    try await session.messageCount(fleet.topology.dead)?.messages == 1
                }
            }
            let letter = try #require(try await list(fleet).first)
            #expect(letter.queue == queue)
            #expect(letter.reason == "rejected")
            #expect(try await fleet.muster("dead", "requeue", "--all").status == 0)
            #expect(try await list(fleet).isEmpty)
            try await fleet.withSession { session in
                try await eventually("it to be back") { try await session.messageCount(queue)?.messages == 1 }
            }
        }
    }

    @Test("A message of no known queue stays, and is named")
    func homeless() async throws {
        try await TestFleet.with { fleet in
            try await bury(fleet, ["lost"], of: "somebody-elses")
            let ending = try await fleet.muster("dead", "requeue", "--all")
            #expect(ending.status == 2)
            #expect(ending.errors.contains("its queue, somebody-elses, does not belong to this fleet"))
            #expect(try await list(fleet).count == 1)
        }
    }

    @Test("Dropping removes what was named and nothing else")
    func drop() async throws {
        try await TestFleet.with { fleet in
            try await bury(fleet, ["one", "two"], of: fleet.topology.finished(in: "lab-a"))
            let key = try #require(try await list(fleet).first).key
            #expect(try await fleet.muster("dead", "drop", key).status == 0)
            #expect(try await list(fleet).map(\.excerpt) == ["two"])
            let unknown = try await fleet.muster("dead", "drop", "0123456789abcdef")
            #expect(unknown.status == 2)
            #expect(unknown.errors.contains("there is no message 0123456789abcdef"))
            #expect(try await fleet.muster("dead", "drop", "--all").status == 0)
            #expect(try await list(fleet).isEmpty)
        }
    }
}
