// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import Foundation
import Testing

@Suite("muster submit")
struct SubmitTests {
    static let document = #"{"build": "/g/p/1", "jobs": []}"#

    /// Plays ingest for one document: takes it, answers, and hands it back.
    private func answerOne(_ fleet: TestFleet, _ answer: JobsetAnswer) async throws -> AMQPDelivery {
        let publisher = FleetPublisher(configuration: fleet.broker, topology: fleet.topology, logger: quietLogger)
        return try await withThrowingTaskGroup(of: AMQPDelivery?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await publisher.run()
                return nil
            }
            group.addTask {
                try await fleet.withSession { session in
                    try await session.declare(fleet.topology.topology)
                    let got = try await eventually("a document") {
                        try await session.get(queue: fleet.topology.jobsets)
                    }
                    try await publisher.answer(answer, to: got.delivery)
                    try await got.ack()
                    return got.delivery
                }
            }
            while let delivery = try await group.next() {
                if let delivery { return delivery }
            }
            throw AMQPError(.timeout, "no document came")
        }
    }

    @Test("An accepted document's id, and nothing else, goes to standard output")
    func accepted() async throws {
        try await TestFleet.with { fleet in
            let id = UUID()
            async let taken = answerOne(fleet, .accepted(id: id, total: 0))
            let ending = try await fleet.muster("submit", "-", input: Self.document)
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(ending.output == "\(id.uuidString.lowercased())\n")
            #expect(ending.errors == "accepted: 0 jobs\n")
            let message = try await taken.message
            #expect(message.body == Array(Self.document.utf8))
            #expect(message.properties.messageID == nil)
        }
    }

    @Test("--id is the message id, and the answer queue is gone afterwards")
    func ownID() async throws {
        try await TestFleet.with { fleet in
            let id = UUID()
            async let taken = answerOne(fleet, .accepted(id: id, total: 3))
            let ending = try await fleet.muster(
                "submit",
                "-",
                "--id",
                id.uuidString,
                "--output",
                "json",
                input: Self.document
            )
            #expect(ending.output.contains("\"id\" : \"\(id.uuidString.lowercased())\""))
            #expect(ending.output.contains("\"total\" : 3"))
            let properties = try await taken.message.properties
            #expect(properties.messageID == id.uuidString.lowercased())
            let answers = try #require(properties.replyTo)
            #expect(try await fleet.withSession { try await $0.messageCount(answers) == nil })
        }
    }

    @Test("A refused document's faults come one a line, with exit status 2")
    func refused() async throws {
        try await TestFleet.with { fleet in
            let problem = Problem.invalidDocument([
                Fault(pointer: "/jobs/3/backend", value: "lab-z", reason: "is no backend"),
                Fault(pointer: "/build", reason: "is missing"),
            ])
            async let taken = answerOne(fleet, .refused(problem))
            let ending = try await fleet.muster("submit", "-", input: "{}")
            #expect(ending.status == 2)
            #expect(ending.output.isEmpty)
            #expect(
                ending.errors.contains("\n  /jobs/3/backend: is no backend (found \"lab-z\")\n  /build: is missing\n")
            )
            _ = try await taken
        }
    }

    @Test("Without ingest it says so and ends with 4; the document stays in the broker")
    func noIngest() async throws {
        try await TestFleet.with { fleet in
            let ending = try await fleet.muster("submit", "-", "--timeout", "1", input: Self.document)
            #expect(ending.status == 4)
            #expect(ending.output.isEmpty)
            #expect(ending.errors.contains("ingest has not answered within 1 s"))
            #expect(
                ending.errors.contains(
                    "no worker receives from the queue \(fleet.topology.jobsets): start muster-ingest"
                )
            )
            #expect(ending.errors.contains("submit the same document again"))
            let waiting = try await fleet.withSession { try await $0.messageCount(fleet.topology.jobsets)?.messages }
            #expect(waiting == 1)
        }
    }

    @Test("What can't be read, and what is too long, never leaves the machine")
    func unreadable() async throws {
        try await TestFleet.with { fleet in
            let missing = try await fleet.muster("submit", "/no/such/file.json")
            #expect(missing.status == 2)
            #expect(missing.errors.contains("there is no file /no/such/file.json"))
            let environment = fleet.environment.merging([
                "MUSTER_INGEST_MAXIMUM_DOCUMENT_BYTES": "1024", "MUSTER_INGEST_MAXIMUM_DEFINITION_BYTES": "1024",
            ]) { $1 }
            let long = try await Program(
                arguments: ["submit", "-"],
                environment: environment,
                input: String(repeating: "x", count: 1_025)
            ).run()
            #expect(long.status == 2)
            #expect(long.errors.contains("line 1, column 1 on: an object is expected here"))
            #expect(try await fleet.withSession { try await $0.messageCount(fleet.topology.jobsets) == nil })
        }
    }

    @Test("A broker that is away is 4 at once, and its password is not shown")
    func noBroker() async throws {
        try await TestFleet.with { fleet in
            let environment = fleet.environment.merging(["MUSTER_BROKER_URL": "amqp://muster:hunter2@127.0.0.1:1/"]) {
                $1
            }
            let ending = try await Program(
                arguments: ["submit", "-"],
                environment: environment,
                input: Self.document
            ).run()
            #expect(ending.status == 4)
            #expect(ending.errors.contains("check broker.url"))
            #expect(!ending.errors.contains("hunter2"))
        }
    }
}
