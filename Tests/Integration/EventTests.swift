// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

/// Jobs finish by their lab's events, whatever is wrong with those; polls mend what they miss.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct EventTests {
    /// So seldom that nothing in a test finishes by a poll or a look by number, but for those after a gap.
    static let eventsOnly = [
        "watcher": [
            "poll_interval_seconds": "600", "event_poll_interval_seconds": "600",
            "reconcile_interval_seconds": "3600",
        ]
    ]
    static let running = ["--run-time-ms", "100", "--devices", "sim=20"]

    @Test("Events alone finish jobs, at two requests a job")
    func alone() async throws {
        try await TestFleet.with(labOptions: Self.running, settings: Self.eventsOnly) { fleet in
            try fleet.startAll()
            try await fleet.waitForStream()
            let before = try await fleet.statistics()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 50)))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 50])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
            let after = try await fleet.statistics()
            #expect(after.submissions - before.submissions == 50)
            #expect(after.fetches - before.fetches == 50)
            #expect(after.all - before.all <= 105, "\(after.requests)")
        }
    }

    @Test(
        "Repeated, early and backward events change nothing",
        arguments: [
            #"{"kind": "repeatEvent"}"#,
            #"{"kind": "backwardsEvent"}"#,
            #"{"match": {"state": "Finished"}, "kind": "earlyEvent", "delay_ms": 300}"#,
        ]
    )
    func strange(fault: String) async throws {
        try await TestFleet.with(labOptions: Self.running, settings: Self.eventsOnly) { fleet in
            try await fleet.order(fault)
            try fleet.startAll()
            try await fleet.waitForStream()
            let definitions = Array(repeating: TestFleet.definition(["sim.pass": "3"]), count: 20)
            let id = try await fleet.publish(try fleet.document(definitions))
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 20])
            #expect(status.tests.pass == 60)
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("An event that comes long before the end is taken back, and the job finishes by a look by number")
    func muchTooEarly() async throws {
        let slow = ["watcher": ["poll_interval_seconds": "600", "event_poll_interval_seconds": "600"]]
        try await TestFleet.with(labOptions: Self.running, settings: slow) { fleet in
            try await fleet.order(#"{"match": {"state": "Finished"}, "kind": "earlyEvent", "delay_ms": 6000}"#)
            try fleet.startAll()
            try await fleet.waitForStream()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition(["sim.pass": "3"])]))
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 1])
            #expect(status.tests.pass == 3)
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("Jobs that end before their numbers are stored finish by their events all the same")
    func instant() async throws {
        try await TestFleet.with(settings: Self.eventsOnly) { fleet in
            try fleet.startAll()
            try await fleet.waitForStream()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 20)))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 20])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("A lab whose events are silent is found out by a poll, and polled often from then on")
    func dropped() async throws {
        let settings = ["watcher": ["event_poll_interval_seconds": "2", "reconcile_interval_seconds": "3600"]]
        try await TestFleet.with(labOptions: Self.running, settings: settings) { fleet in
            try await fleet.order(#"{"match": {"state": "Finished"}, "kind": "dropEvent"}"#)
            try fleet.startAll()
            try await fleet.waitForStream()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 20)))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 20])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
            let watcher = try #require(fleet.running(.watcher).first)
            try await eventually("the stream to lose its trust") {
                watcher.output.contains("does not report jobs that end")
            }
        }
    }

    @Test("A lab that sends no events at all is polled often")
    func none() async throws {
        let settings = ["watcher": ["event_poll_interval_seconds": "600", "reconcile_interval_seconds": "3600"]]
        try await TestFleet.with(labOptions: Self.running, settings: settings) { fleet in
            try await fleet.order(#"{"kind": "dropEvent"}"#)
            try fleet.startAll()
            try await fleet.waitForStream()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 20)))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 20])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("A stream that was cut is opened again, and one poll sees what it missed")
    func cut() async throws {
        try await TestFleet.with(
            labOptions: ["--run-time-ms", "1500", "--devices", "sim=20"],
            settings: Self.eventsOnly
        ) {
            fleet in
            try fleet.startAll()
            try await fleet.waitForStream()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 10)))
            try await eventually("the jobs to be in the lab") { try await fleet.store.jobset(id: id)?.inLab == 10 }
            let before = try await fleet.statistics()
            // Cut until after the jobs have ended.
            _ = try await fleet.lab("lab-a", .POST, "/simulator/streams", json: #"{"cut": true, "refuse_ms": 2500}"#)
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 10])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
            let after = try await fleet.statistics()
            // The poll, and the look at whether the numbers are still ours; it may find some as well.
            #expect(after.lists - before.lists <= 3, "\(after.requests)")
        }
    }

    @Test("A stream that falls silent without being closed is noticed, and its lab polled often until it is back")
    func silent() async throws {
        let settings = ["watcher": ["event_poll_interval_seconds": "600", "reconcile_interval_seconds": "3600"]]
        try await TestFleet.with(labOptions: Self.running, settings: settings) { fleet in
            try fleet.startAll()
            try await fleet.waitForStream()
            // Trusted from here on.
            let heard = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "1"))
            #expect(try await fleet.waitUntilFinished(heard).outcomes == ["complete": 1])
            _ = try await fleet.lab("lab-a", .POST, "/simulator/streams", json: #"{"silent_ms": 60000}"#)
            let unheard = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "2"))
            #expect(try await fleet.waitUntilFinished(unheard).outcomes == ["complete": 1])
            for id in [heard, unheard] { try await fleet.waitForCallback(of: id) }
            try await fleet.expectExactlyOnce([heard, unheard])
        }
    }
}
