// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

/// Who watches a lab, and what happens when that ends; fetches that fail; limits of time; many results.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct WatchingTests {
    @Test("Of two watchers one follows a lab, and the other takes over within seconds of its death")
    func takeover() async throws {
        try await TestFleet.with(labOptions: EventTests.running, settings: EventTests.eventsOnly) { fleet in
            try fleet.startAll()
            try await fleet.waitForStream()
            let first = try #require(fleet.running(.watcher).first)
            let second = try fleet.start(.watcher)
            let one = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "1"))
            #expect(try await fleet.waitUntilFinished(one).outcomes == ["complete": 1])
            #expect(try await fleet.statistics().streams.open == 1)
            first.kill()
            let two = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "2"))
            #expect(try await fleet.waitUntilFinished(two).outcomes == ["complete": 1])
            #expect(second.output.contains("watches the lab"))
            for id in [one, two] { try await fleet.waitForCallback(of: id) }
            try await fleet.expectExactlyOnce([one, two])
        }
    }

    @Test("Two watchers that both believe to hold a lab do no harm")
    func two() async throws {
        try await TestFleet.with(labOptions: EventTests.running) { fleet in
            try fleet.startAll()
            try fleet.start(.watcher)
            try await fleet.waitForStream()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 40)))
            // The lease passes from one to the other again and again, and each goes on until it notices.
            for _ in 0..<10 {
                try await fleet.postgres.execute("update backend set lease_expires_at = now() - interval '1 s'")
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 40])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("Fetches that a lab fails are made good soon after it is well, without a poll having failed")
    func fetches() async throws {
        try await TestFleet.with(labOptions: EventTests.running, settings: EventTests.eventsOnly) { fleet in
            try await fleet.order(#"{"match": {"path": "jobs/*/tests/"}, "kind": "status", "status": 500}"#)
            try fleet.startAll()
            try await fleet.waitForStream()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 20)))
            try await eventually("fetches to fail again and again") {
                try await fleet.store.failingFetches(backend: "lab-a", pause: .zero).count == 20
            }
            try await Task.sleep(for: .seconds(6))
            _ = try await fleet.lab("lab-a", .DELETE, "/simulator/faults")
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 20])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("A lab that is restarted while it runs jobs loses none, and one that is set up anew loses all it had")
    func restarted() async throws {
        let options = ["--run-time-ms", "2000", "--devices", "sim=20"]
        try await TestFleet.with(labOptions: options, settings: EventTests.eventsOnly) { fleet in
            try fleet.startAll()
            try await fleet.waitForStream()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 10)))
            try await eventually("the jobs to be in the lab") { try await fleet.store.jobset(id: id)?.inLab == 10 }
            try await fleet.restart("lab-a", downMilliseconds: 3000)
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 10])
            let next = try await fleet.publish(
                try fleet.document(
                    Array(repeating: TestFleet.definition(["sim.run_ms": "60000"]), count: 3),
                    version: "2"
                )
            )
            try await eventually("the jobs to be in the lab") { try await fleet.store.jobset(id: next)?.inLab == 3 }
            try await fleet.restart("lab-a", downMilliseconds: 500, keepsJobs: false)
            #expect(try await fleet.waitUntilFinished(next).outcomes == ["lost": 3])
            for id in [id, next] { try await fleet.waitForCallback(of: id) }
        }
    }

    @Test("A job that waits in its lab's queue, or runs, for longer than it may ends as expired and is canceled there")
    func limits() async throws {
        try await TestFleet.with(
            labOptions: ["--devices", "sim=1", "--run-time-ms", "600000"],
            settings: ["backend": ["queued_limit_seconds": "3", "running_limit_seconds": "6"]]
        ) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition(), TestFleet.definition()]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["expired": 2])
            let reasons = try await fleet.store.jobs(of: id).compactMap(\.reason).joined(separator: "\n")
            #expect(reasons.contains("was queued for"), "\(reasons)")
            #expect(reasons.contains("was running for"), "\(reasons)")
            #expect(reasons.contains("the limit of lab-a is 3 s"), "\(reasons)")
            try await eventually("the lab to have canceled them") {
                try await fleet.statistics().jobs["Finished"] == 2
            }
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    static let group = """
        job_name: group
        visibility: public
        priority: medium
        timeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {minutes: 1}}
        protocols:
          lava-multinode:
            roles:
              client: {device_type: sim, count: 1}
              server: {device_type: sim, count: 1}
            timeout: {minutes: 5}
        actions:
        - boot: {method: qemu, media: tmpfs, role: [client, server]}
        """

    @Test("A member that its lab leaves in Scheduling is brought to an end, with its job and its jobset")
    func stuckMember() async throws {
        try await TestFleet.with(
            labOptions: EventTests.running,
            settings: ["watcher": ["stuck_member_limit_seconds": "3"]]
        ) { fleet in
            try await fleet.order(#"{"kind": "stickMember", "delay_ms": 500}"#)
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([Self.group]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["expired": 1])
            let reason = try #require(try await fleet.store.jobs(of: id).first?.reason)
            #expect(reason.contains("never left Scheduling"), "\(reason)")
            #expect(reason.contains("had ended"), "\(reason)")
            try await eventually("the lab to have canceled it") {
                let jobs = try await fleet.statistics().jobs
                return jobs["Finished"] == 2 && jobs["Scheduling"] == nil
            }
            try await fleet.waitForCallback(of: id)
        }
    }

    @Test("A job with 50,000 results is stored whole, in bounded memory")
    func manyResults() async throws {
        // No page is asked for again because the machine is busy.
        let settings = ["backend": ["request_timeout_seconds": "120"]]
        try await TestFleet.with(labOptions: EventTests.running, settings: settings) { fleet in
            try fleet.startAll()
            let warm = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "0"))
            _ = try await fleet.waitUntilFinished(warm)
            let watcher = try #require(fleet.running(.watcher).first)
            let before = watcher.peakMemory
            let id = try await fleet.publish(try fleet.document([TestFleet.definition(["sim.cases": "50000"])]))
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 1])
            let counted = status.tests.pass + status.tests.fail + status.tests.skip + status.tests.unknown
            #expect(counted == 50_000)
            // All of them at once, in the least that Swift can make of them, would be far more.
            #expect(watcher.peakMemory - before < 64 << 20)
            #expect(try await fleet.statistics().fetches <= 60)
        }
    }

    @Test("What is more than may be kept of one job's results is counted")
    func leftOut() async throws {
        try await TestFleet.with(
            labOptions: EventTests.running,
            settings: ["watcher": ["maximum_results_per_job": "2500"]]
        ) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition(["sim.cases": "4000"])]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])
            let rows = try await fleet.postgres.query(
                "select (select count(*) from result), results_left_out::bigint from lab_job",
                idempotent: true
            )
            let (kept, leftOut) = try #require(rows.first).decode(Int.self, Int.self)
            #expect(kept == 2500)
            #expect(leftOut >= 1500)
        }
    }

    @Test("Requests that hang through an outage are sent again when the lab answers, long before their own limit")
    func hanging() async throws {
        try await TestFleet.with(
            labOptions: EventTests.running,
            settings: EventTests.eventsOnly.merging(["backend": ["request_timeout_seconds": "300"]]) { $1 }
        ) { fleet in
            try fleet.startAll()
            try await fleet.waitForStream()
            // Whatever is asked from now on hangs for longer than this test may take, be the lab well again or not.
            try await fleet.order(#"{"match": {"path": "jobs/*/tests/"}, "kind": "hang", "delay_ms": 600000}"#)
            try await fleet.order(#"{"match": {"path": "system/version/"}, "kind": "hang", "delay_ms": 600000}"#)
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 20)))
            try await eventually("requests to hang, and probes with them") {
                let statistics = try await fleet.statistics()
                return statistics.fetches >= 8 && statistics["GET /api/v0.2/system/version"] >= 2
            }
            _ = try await fleet.lab("lab-a", .DELETE, "/simulator/faults")
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 20])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }
}
