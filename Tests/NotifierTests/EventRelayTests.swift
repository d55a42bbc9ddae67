// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetAssembly
import FleetQueues
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Notifier

/// What the transactions of a fleet have noted goes to whoever has bound a queue. Against a real RabbitMQ and PostgreSQL.
@Suite("Events for others", .timeLimit(.minutes(10)))
struct EventRelayTests {
    /// What a reader of `muster.events` gets.
    private struct Read: Sendable {
        let routingKey: String
        let contentType: String?
        let messageID: String?
        let body: Data

        /// The CloudEvent.
        func event() throws -> Envelope { try JSONDecoder().decode(Envelope.self, from: body) }
    }

    private struct Envelope: Decodable {
        struct Job: Decodable {
            let position: Int
            let environment: String
            let outcome: String?
            let attempt: Int?
        }

        struct Content: Decodable {
            let jobset: String
            let build: String
            let generation: Int
            let total: Int?
            let verdict: String?
            let url: String?
            let labels: [String: String]?
            let job: Job?
        }

        let specversion: String
        let id: String
        let source: String
        let type: String
        let subject: String
        let time: String
        let datacontenttype: String
        let data: Content
    }

    private static let settings: TestFleet.Settings = [
        "events": ["enabled": "true", "poll_interval_seconds": "0.05"],
        "gateway": ["public_url": "\"https://muster.example.org/\""],
    ]

    /// A store that notes events, as those of workers do.
    private static func withStore<Outcome: Sendable>(
        _ fleet: TestFleet,
        _ body: (FleetStore) async throws -> Outcome
    ) async throws -> Outcome {
        let configuration = try fleet.configuration.postgresConfiguration(name: "writer")
        return try await PostgresClient.withClient(configuration: configuration, logger: quietLogger) { client in
            try await body(FleetStore(client: client))
        }
    }

    private static func live(_ store: FleetStore, jobs: Int = 2, build: String = "/group/pro.ject/v1") async throws
        -> UUID
    {
        let id = UUID()
        let document = JobsetDocument(
            build: try #require(Build(build)),
            callback: nil,
            jobs: (0..<jobs).map { JobEntry(environment: "env-\($0)", backend: "lab-a", definition: "job_name: test") },
            labels: ["branch": "main"]
        )
        _ = try await store.acceptJobset(id: id, document: document)
        let ends = try await store.jobs(of: id).map { JobEnd(jobID: $0.id, outcome: .complete, reason: nil) }
        for end in ends { _ = try await store.finishJobs([end]) }
        return id
    }

    /// Binds a queue of the reader's own.
    private static func bind(_ fleet: TestFleet, _ pattern: String = "#") async throws -> String {
        let queue = "\(fleet.name).reader"
        try await fleet.withSession { session in
            try await session.declare(fleet.topology.eventTopology)
            try await session.declare(
                AMQPTopology(
                    queues: [AMQPQueue(name: queue, arguments: ["x-expires": .int64(600_000)])],
                    bindings: [AMQPBinding(exchange: fleet.topology.events, queue: queue, routingKey: pattern)]
                )
            )
        }
        return queue
    }

    /// Reads until there are so many.
    private static func read(_ count: Int, from queue: String, of fleet: TestFleet) async throws -> [Read] {
        try await fleet.withSession { session in
            var all: [Read] = []
            try await eventually("\(count) events") {
                while let got = try await session.get(queue: queue) {
                    let message = got.message
                    all.append(
                        Read(
                            routingKey: got.delivery.routingKey,
                            contentType: message.properties.contentType,
                            messageID: message.properties.messageID,
                            body: Data(message.body)
                        )
                    )
                    try await got.ack()
                }
                return all.count >= count
            }
            _ = try await session.messageCount(queue)
            return all
        }
    }

    private static func backlog(_ fleet: TestFleet) async throws -> Int { try await fleet.store.eventBacklog().count }

    @Test("Each is one CloudEvent in structured mode under type, group and project, in the order of its jobset")
    func published() async throws {
        try await TestFleet.with(sections: Self.settings) { fleet in
            let queue = try await Self.bind(fleet)
            let id = try await Self.withStore(fleet) { try await Self.live($0) }
            try await fleet.withNotifiers(2) {
                let read = try await Self.read(4, from: queue, of: fleet)
                let events = try read.map { try $0.event() }
                #expect(events.map(\.type) == ["jobset.accepted", "job.finished", "job.finished", "jobset.finished"])
                #expect(read.map(\.routingKey) == events.map { "\($0.type).group.pro.ject" })
                for (message, event) in zip(read, events) {
                    #expect(message.contentType == "application/cloudevents+json; charset=utf-8")
                    #expect(message.messageID == event.id)
                    #expect(event.specversion == "1.0" && event.datacontenttype == "application/json")
                    #expect(event.source == "https://muster.example.org/")
                    #expect(event.time.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/))
                    #expect(event.data.jobset == id.text && event.data.build == "/group/pro.ject/v1")
                    #expect(event.data.generation == 1)
                    #expect(event.data.url == "https://muster.example.org/jobsets/\(id.text)")
                }
                #expect(Set(events.map(\.id)).count == 4)
                #expect(events[0].subject == id.text && events[1].subject == "\(id.text)/0")
                #expect(events[0].data.total == 2 && events[0].data.labels == ["branch": "main"])
                #expect(events[1].data.job?.environment == "env-0" && events[1].data.job?.outcome == "complete")
                #expect(events[3].data.verdict == "passed")
                try await eventually("the table to be empty") { try await Self.backlog(fleet) == 0 }
            }
        }
    }

    @Test("A reader gets what its pattern names, and what nobody has bound a queue for is gone")
    func bound() async throws {
        try await TestFleet.with(sections: Self.settings) { fleet in
            let queue = try await Self.bind(fleet, "jobset.finished.kernel.*")
            try await Self.withStore(fleet) { store in
                _ = try await Self.live(store, build: "/other/project/v1")
                _ = try await Self.live(store, build: "/kernel/mainline/v1")
            }
            try await fleet.withNotifiers {
                let read = try await Self.read(1, from: queue, of: fleet)
                #expect(read.map(\.routingKey) == ["jobset.finished.kernel.mainline"])
                try await eventually("the table to be empty") { try await Self.backlog(fleet) == 0 }
            }
        }
    }

    @Test("A relay that is stopped is followed by another, and all of many comes, in order")
    func followed() async throws {
        try await TestFleet.with(sections: Self.settings) { fleet in
            let queue = try await Self.bind(fleet)
            let ids = try await Self.withStore(fleet) { store in
                var ids: [UUID] = []
                for version in 0..<20 {
                    ids.append(try await Self.live(store, jobs: 40, build: "/group/project/\(version)"))
                }
                return ids
            }
            try await fleet.withNotifiers {
                try await eventually("some to be published") { try await Self.backlog(fleet) < 20 * 42 }
            }
            try await fleet.withNotifiers(2) {
                let events = try await Self.read(20 * 42, from: queue, of: fleet).map { try $0.event() }
                #expect(events.count == 20 * 42)
                for id in ids {
                    let own = events.filter { $0.data.jobset == id.text }.map {
                        $0.data.job.map { "\($0.position)" } ?? $0.type
                    }
                    #expect(own == ["jobset.accepted"] + (0..<40).map { "\($0)" } + ["jobset.finished"])
                }
            }
        }
    }

    @Test("An exchange that can't be declared holds up no delivery, and its events come when it can be")
    func refused() async throws {
        try await TestFleet.with(sections: Self.settings) { fleet in
            let exchange = fleet.topology.events
            try await fleet.withSession { session in
                try await session.declare(AMQPTopology(exchanges: [AMQPExchange(name: exchange, kind: .fanout)]))
            }
            try await fleet.withNotifiers {
                let id = try await Self.withStore(fleet) { try await Self.live($0) }
                try await eventually("the report to be made") { try await fleet.isOver(id) }
                #expect(try await Self.backlog(fleet) == 4)
                try await fleet.withSession { try await $0.deleteExchange(exchange) }
                // Nobody has bound a queue yet.
                try await eventually("the table to be empty") { try await Self.backlog(fleet) == 0 }
                let queue = try await Self.bind(fleet)
                _ = try await Self.withStore(fleet) { try await Self.live($0) }
                let types = try await Self.read(4, from: queue, of: fleet).map { try $0.event().type }
                #expect(types == ["jobset.accepted", "job.finished", "job.finished", "jobset.finished"])
            }
        }
    }

    @Test("A fleet that does not publish events has no exchange for them, and notes none")
    func off() async throws {
        try await TestFleet.with { fleet in
            let id = try await Self.withStore(fleet) { try await Self.live($0) }
            try await fleet.withNotifiers {
                try await eventually("the report to be made") { try await fleet.isOver(id) }
                #expect(try await Self.backlog(fleet) == 0)
                #expect(try await !fleet.withSession { try await $0.exchangeExists(fleet.topology.events) })
            }
        }
    }
}
