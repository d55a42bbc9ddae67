// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Testing

/// Events for others, of a whole fleet.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct EventOutboxTests {
    private struct Event: Decodable {
        struct Content: Decodable {
            struct Job: Decodable { let position: Int }

            let job: Job?
        }

        let id: String
        let type: String
        let data: Content

        var words: String { type + (data.job.map { " \($0.position)" } ?? "") }
    }

    private static let settings: TestFleet.Settings = ["events": ["enabled": "true", "poll_interval_seconds": "0.05"]]

    /// Binds a queue of a reader's own to all events.
    private static func bind(_ fleet: TestFleet) async throws -> String {
        let queue = "\(fleet.name).reader"
        try await fleet.withSession { session in
            try await session.declare(fleet.topology.eventTopology)
            try await session.declare(
                AMQPTopology(
                    queues: [AMQPQueue(name: queue, arguments: ["x-expires": .int64(600_000)])],
                    bindings: [AMQPBinding(exchange: fleet.topology.events, queue: queue, routingKey: "#")]
                )
            )
        }
        return queue
    }

    private static func read(_ queue: String, of fleet: TestFleet) async throws -> [Event] {
        try await eventually("all events to be published") { try await fleet.store.eventBacklog().count == 0 }
        return try await fleet.withSession { session in
            var all: [Event] = []
            while let got = try await session.get(queue: queue) {
                all.append(try JSONDecoder().decode(Event.self, from: Data(got.message.body)))
                try await got.ack()
            }
            return all
        }
    }

    @Test("a notifier that dies after it has published is followed by one that publishes again, in the same order")
    func dies() async throws {
        try await TestFleet.with(settings: Self.settings) { fleet in
            let queue = try await Self.bind(fleet)
            for role in TestFleet.Role.allCases where role != .notifier { try fleet.start(role) }
            let doomed = try fleet.start(.notifier, fault: "notifier.events-published@2")
            let id = try await fleet.publish(
                try fleet.document(Array(repeating: TestFleet.definition(), count: 6))
            )
            try await doomed.waitUntilExit()
            try fleet.start(.notifier)
            _ = try await fleet.waitUntilFinished(id)
            try await fleet.waitForCallback(of: id)
            let events = try await Self.read(queue, of: fleet)
            // The first of each is where it belongs; a repeat may come later.
            var known: Set<String> = []
            let words = events.filter { known.insert($0.id).inserted }.map(\.words)
            #expect(words.first == "jobset.accepted" && words.last == "jobset.finished")
            #expect(Set(words).count == words.count)
            for position in 0..<6 {
                let submitted = try #require(words.firstIndex(of: "job.submitted \(position)"))
                let finished = try #require(words.firstIndex(of: "job.finished \(position)"))
                #expect(submitted < finished)
            }
        }
    }
}
