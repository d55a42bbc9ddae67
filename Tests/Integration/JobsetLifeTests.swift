// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Postgres
import Testing

/// A jobset from the queue to the callback, as nothing goes wrong.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct JobsetLifeTests {
    @Test("a passing, a failing, an incomplete and a refused job end in one report and one callback")
    func everyKindOfJob() async throws {
        try await TestFleet.with(labs: ["lab-a", "lab-b"]) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(
                try fleet.document(
                    [
                        TestFleet.definition(["sim.pass": "3"]),
                        TestFleet.definition(["sim.pass": "2", "sim.fail": "1"]),
                        TestFleet.definition([
                            "sim.health": "incomplete", "sim.error_type": "Infrastructure",
                            "sim.error_msg": "the board is gone",
                        ]),
                        TestFleet.definition(deviceType: "no-such-type"),
                    ],
                    backends: ["lab-a", "lab-b"]
                )
            )
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.verdict == .failed && status.missing == 1)
            #expect(status.outcomes == ["complete": 2, "incomplete": 1, "rejected": 1])
            #expect(status.tests.fail == 1)

            let jobs = try await fleet.store.jobs(of: id)
            #expect(jobs.map(\.outcome) == [.complete, .complete, .incomplete, .rejected])
            #expect(jobs[2].reason?.contains("the board is gone") == true)
            #expect(jobs[3].reason?.contains("no-such-type") == true)
            let failures = try await fleet.store.results(of: id, .init(status: .fail))
            #expect(failures.map(\.position) == [1])

            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id], labs: ["lab-a", "lab-b"])
            let body = try #require(fleet.receiver.received.first).json
            let data = try #require(body["data"] as? [String: Any])
            #expect(data["verdict"] as? String == "failed" && data["missing"] as? Int == 1)
            let report = try #require(try await fleet.store.storedReport(jobsetID: id)?[.text])
            #expect(report.contains("the board is gone"))
            #expect(report.contains("no-such-type"))
        }
    }

    @Test("an empty jobset finishes at once, and tells of it")
    func empty() async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            try fleet.start(.notifier)
            let id = try await fleet.publish(try fleet.document([]))
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.verdict == .passed)
            #expect(status.total == 0)
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("the same document published twice is one jobset, under an id or without one")
    func publishedTwice() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            let document = try fleet.document([TestFleet.definition(), TestFleet.definition()])
            let id = UUID()
            for _ in 0..<3 { try await fleet.publish(document, id: id) }
            let unnamed = try fleet.document([TestFleet.definition()], version: "unnamed")
            for _ in 0..<3 {
                try await fleet.publisher.publish(jobset: unnamed, id: nil, replyTo: nil, correlationID: nil)
            }
            try await eventually("two finished jobsets") {
                try await fleet.store.jobsets(.init(state: .finished)).count == 2
            }
            let ids = try await fleet.store.jobsets(.init()).map(\.id)
            #expect(ids.count == 2)
            #expect(ids.contains(id))
            for id in ids { try await fleet.waitForCallback(of: id) }
            try await fleet.expectExactlyOnce(ids)
        }
    }

    @Test("another document under the same id is refused, and the first is left as it is")
    func conflict() async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the first") { try await fleet.store.jobset(id: id) != nil }
            try await fleet.publish(try fleet.document([]), id: id)
            try await eventually("a refusal") { try await fleet.store.rejectedDocuments(limit: 9).count == 1 }
            let refused = try #require(try await fleet.store.rejectedDocuments(limit: 9).first)
            #expect(refused.problem.status == 409)
            #expect(try await fleet.store.jobset(id: id)?.total == 1)
        }
    }

    @Test("a bad document is kept with everything that is wrong with it")
    func refused() async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            let text = """
                {"build": "group/project", "surprise": 1, "jobs": [
                    {"environment": "e", "backend": "nowhere", "definition": "a: [1"},
                    {"environment": "e", "backend": "lab-a"}
                ]}
                """
            try await fleet.publish(Array(text.utf8))
            try await eventually("a refusal") { try await fleet.store.rejectedDocuments(limit: 9).count == 1 }
            let faults = try #require(try await fleet.store.rejectedDocuments(limit: 9).first).problem.errors
            let pointers = Set(faults.map(\.pointer))
            #expect(
                pointers.isSuperset(of: [
                    "/build", "/surprise", "/jobs/0/backend", "/jobs/0/definition", "/jobs/1/definition",
                ])
            )
            #expect(try await fleet.store.jobsets(.init()).isEmpty)
        }
    }

    @Test("a document with text that can't be stored is refused at its place, and answered, however it comes")
    func unstorable() async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            let text = #"""
                {"build": "/group/project/1", "jobs": [], "labels": {"a": "b"}, "callback":
                    {"url": "http://receiver.example/", "content_type": "text/plain", "payload": "a\u0000b"}}
                """#
            let problem = try #require(try await fleet.refusal(of: Array(text.utf8)))
            #expect(problem.errors.map(\.pointer) == ["/callback/payload"])
            #expect(problem.status == 400)
            #expect(try await fleet.store.rejectedDocuments(limit: 9).map(\.problem) == [problem])
        }
    }

    @Test(
        "a callback that could never be delivered is refused when it is sent",
        arguments: [
            ("http://ci.example.org:22/hook", "has port 22, on which something other than HTTP listens"),
            ("http://10.0.0.1/hook", "names an address that callbacks may not reach"),
            ("http://[::1]:8080/", "names an address that callbacks may not reach"),
            (
                "http://127.0.0.1:8990/trigger?ref=feature%2Fx&variables[BUILD]=v6.1%2B1",
                "has a [ that needs percent-encoding; write it as %5B"
            ),
        ]
    )
    func undeliverable(url: String, reason: String) async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            let text = #"{"build": "/field/url/1", "jobs": [], "callback_url": "\#(url)"}"#
            let problem = try #require(try await fleet.refusal(of: Array(text.utf8)))
            #expect(problem.errors.map(\.pointer) == ["/callback_url"])
            #expect(problem.errors.map(\.reason) == [reason])
        }
    }

    @Test("a document that only the database refuses is refused as well, and not tried again")
    func refusedByDatabase() async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            try await fleet.postgres.execute(
                "alter table jobset add constraint no_poison check (build_version <> 'poison')"
            )
            let document = try fleet.document([TestFleet.definition()], version: "poison")
            let problem = try #require(try await fleet.refusal(of: document))
            #expect(problem.errors.first?.reason.contains("can't be stored") == true)
            #expect(problem.status == 400)
            // The next one is taken, by the same worker.
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the next") { try await fleet.store.jobset(id: id) != nil }
            #expect(try await fleet.store.rejectedDocuments(limit: 9).map(\.times) == [1])
        }
    }

    @Test("a document whose answer would go to a queue of the fleet's own is refused, and nothing is sent there")
    func answerElsewhere() async throws {
        try await TestFleet.with { fleet in
            try fleet.start(.ingest)
            let (dead, document) = (fleet.topology.dead, try fleet.document([TestFleet.definition()]))
            try await fleet.publisher.publish(jobset: document, id: UUID(), replyTo: dead, correlationID: nil)
            try await eventually("a refusal") { try await fleet.store.rejectedDocuments(limit: 9).count == 1 }
            let problem = try #require(try await fleet.store.rejectedDocuments(limit: 9).first).problem
            #expect(problem.errors.map(\.pointer) == ["reply-to"])
            // Behind it in the queue: when that is handled, whatever had been sent is there.
            _ = try await fleet.refusal(of: [])
            let count = try await fleet.withSession {
                try await $0.messageCount(dead)?.messages
            }
            #expect(count == 0)
        }
    }
}

extension TestFleet {
    /// What ingest answers to a document that it refuses.
    fileprivate func refusal(of document: [UInt8]) async throws -> Problem? {
        try await withSession { session in
            let answers = AnswerQueue(topology: topology, session: session)
            try await answers.declare()
            try await publisher.publish(
                jobset: document,
                id: UUID(),
                replyTo: answers.name,
                correlationID: answers.correlationID
            )
            guard case .refused(let problem) = try await answers.first(within: .seconds(60)) else { return nil }
            return problem
        }
    }
}
