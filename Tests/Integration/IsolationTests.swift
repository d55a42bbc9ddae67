// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

/// One lab in trouble, and one that is well: the second's jobs do not wait for the first's, which are lost by no trouble.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct IsolationTests {
    @Test(
        "A lab in trouble slows no other, and its own jobs go on when it is over",
        arguments: [
            #"{"kind": "hang"}"#,
            #"{"kind": "refuse"}"#,
            #"{"kind": "refuse", "probability": 0.5, "seed": 7}"#,
            #"{"kind": "status", "status": 500}"#,
            #"{"kind": "status", "status": 503}"#,
            #"{"kind": "status", "status": 429, "retry_after": "1"}"#,
            #"{"kind": "trickle", "delay_ms": 1000}"#,
            #"{"kind": "status", "status": 403, "body": "{\"detail\": \"Invalid token.\"}"}"#,
            #"{"kind": "status", "status": 200, "body": "<html>maintenance</html>", "content_type": "text/html"}"#,
        ]
    )
    func trouble(fault: String) async throws {
        try await TestFleet.with(labs: ["lab-a", "lab-b"]) { fleet in
            _ = try await fleet.lab("lab-a", .POST, "/simulator/faults", json: fault)
            try fleet.startAll()
            let definitions = Array(repeating: TestFleet.definition(), count: 12)
            let ill = try await fleet.publish(try fleet.document(definitions, version: "ill"))
            let well = try await fleet.publish(try fleet.document(definitions, backends: ["lab-b"], version: "well"))
            #expect(try await fleet.waitUntilFinished(well).outcomes == ["complete": 12])
            try await eventually("the trouble to be known") {
                try await fleet.store.backendStatuses().first { $0.name == "lab-a" }?.lastError != nil
            }
            let before = try #require(try await fleet.store.jobset(id: ill))
            #expect(before.outcomes.keys.allSatisfy { $0 == "complete" }, "no job fails for it")
            _ = try await fleet.lab("lab-a", .DELETE, "/simulator/faults")
            #expect(try await fleet.waitUntilFinished(ill).outcomes == ["complete": 12])
            for id in [ill, well] { try await fleet.waitForCallback(of: id) }
            try await fleet.expectExactlyOnce([ill, well], labs: ["lab-a", "lab-b"])
            let states = try await fleet.store.backendStatuses().map(\.stoppedReason)
            #expect(states == [nil, nil])
        }
    }

    @Test("A job that its lab fails on for ever ends, with the lab's words, while the others go through")
    func poison() async throws {
        try await TestFleet.with(settings: ["submitter": ["server_error_tries": "3"]]) { fleet in
            try fleet.startAll()
            let good = Array(repeating: TestFleet.definition(), count: 6)
            let id = try await fleet.publish(
                try fleet.document([TestFleet.definition(tag: "no-such-tag")] + good + good)
            )
            // The proof that the lab takes others has to come after its first failure.
            try await eventually("the lab to fail on it") {
                try await fleet.postgres.query("select from attempt where server_errors > 0", idempotent: true).count
                    > 0
            }
            let later = try await fleet.publish(try fleet.document(good, version: "later"))
            #expect(try await fleet.waitUntilFinished(later).verdict == .passed)
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 12, "undeliverable": 1])
            let reason = try #require(try await fleet.store.jobs(of: id).first?.reason)
            #expect(reason.contains("the lab failed on it 3 times while it took others"), "\(reason)")
            #expect(reason.contains("500"), "\(reason)")
        }
    }

    @Test("A lab's trouble with one job ends in time where there are no others to show that it is that job")
    func lonelyPoison() async throws {
        try await TestFleet.with(
            settings: ["submitter": ["server_error_tries": "3", "server_error_after_seconds": "2"]]
        ) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition(tag: "no-such-tag")]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["undeliverable": 1])
            let reason = try #require(try await fleet.store.jobs(of: id).first?.reason)
            #expect(reason.contains("times within"), "\(reason)")
            // Nobody is left to try the lab, and it counts as well all the same.
            try await eventually("the lab to be well") { try await fleet.store.backendStatuses().first?.state == .ok }
        }
    }

    @Test("It ends sooner where the lab took another just before and answers otherwise")
    func lastPoison() async throws {
        try await TestFleet.with(
            settings: ["submitter": ["server_error_tries": "3", "server_error_after_seconds": "12"]]
        ) { fleet in
            try fleet.startAll()
            let good = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            #expect(try await fleet.waitUntilFinished(good).verdict == .passed)
            let id = try await fleet.publish(
                try fleet.document([TestFleet.definition(tag: "no-such-tag")], version: "2")
            )
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["undeliverable": 1])
            let reason = try #require(try await fleet.store.jobs(of: id).first?.reason)
            #expect(reason.contains("having taken another just before"), "\(reason)")
            try await eventually("the lab to be well") { try await fleet.store.backendStatuses().first?.state == .ok }
        }
    }

    @Test("A paused lab gets nothing and keeps its jobs; resumed, it gets them")
    func paused() async throws {
        try await TestFleet.with { fleet in
            try await fleet.store.pauseBackend("lab-a", reason: "moving house")
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition(), TestFleet.definition()]))
            // Whoever looks has seen that it is paused when the jobs are parked.
            try await eventually("the jobs to be parked") {
                try await fleet.postgres.query("select from job where resume_at is not null", idempotent: true).count
                    == 2
            }
            #expect(try fleet.labJobsByTag().isEmpty)
            try await fleet.store.unpauseBackend("lab-a")
            #expect(try await fleet.waitUntilFinished(id).verdict == .passed)
        }
    }
}
