// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

extension RealLAVA {
    /// Every way in which a job can end.
    @Suite struct Endings {
        @Test("Passing, failing, incomplete and refused jobs reach a verified callback")
        func everyKind() async throws {
            try await RealLAVA.with { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let names = ["pass", "test-failures", "incomplete", "refused-device-type", "refused-schema", "pass"]
                let id = try await bench.publish(try names.map { try RealLab.sample($0) })
                let status = try await fleet.waitUntilFinished(id)
                #expect(status.verdict == .failed)
                #expect(status.outcomes == ["complete": 3, "incomplete": 1, "rejected": 2])

                let jobs = try await fleet.store.jobs(of: id)
                #expect(jobs.map(\.outcome) == [.complete, .complete, .incomplete, .rejected, .rejected, .complete])
                #expect(jobs[1].tests.fail > 0)
                #expect(jobs[2].reason?.hasPrefix("Infrastructure: ") == true)
                #expect(jobs[3].reason?.contains("is unavailable") == true)
                #expect(jobs[4].reason?.contains("required key not provided") == true)
                #expect(jobs[0].labJobs.first?.device?.isEmpty == false)

                try await fleet.waitForCallback(of: id)
                #expect(fleet.receiver.events.count == 1)
                let received = try #require(fleet.receiver.received.first)
                #expect(try WebhookVerifier.verifies(received))
                try await bench.expectOneLabJobEach()
            }
        }

        @Test("A job that its lab failed is tried once more, both attempts are kept, and the counter waits")
        func infrastructure() async throws {
            try await RealLAVA.with { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let id = try await bench.publish(
                    [try RealLab.sample("incomplete"), try RealLab.sample("pass")],
                    retries: 1
                )
                try await eventually("a second attempt") {
                    try await fleet.store.attempts(of: id, position: 0).count == 2
                }
                let between = try #require(try await fleet.store.jobset(id: id))
                #expect(between.state == .running)
                #expect(between.pending >= 1)

                let status = try await fleet.waitUntilFinished(id)
                #expect(status.outcomes == ["complete": 1, "incomplete": 1])
                let attempts = try await fleet.store.attempts(of: id, position: 0)
                #expect(attempts.map(\.number) == [1, 2])
                #expect(attempts.first?.outcome == .incomplete)
                #expect(attempts.compactMap(\.labJobs.first?.errorType) == ["Infrastructure", "Infrastructure"])
                #expect(try await fleet.store.attempts(of: id, position: 1).count == 1)
                try await fleet.waitForCallback(of: id)
                #expect(fleet.receiver.events.count == 1)
                try await bench.expectOneLabJobEach()
            }
        }

        @Test("A job that the lab fails on for ever ends with the lab's words, and the others go through")
        func unknownTag() async throws {
            try await RealLAVA.with(settings: ["submitter": ["server_error_tries": "3"]]) { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let poison = try await bench.publish([try RealLab.sample("unknown-tag")], version: "poison")
                try await eventually("the lab to fail on it") {
                    try await fleet.postgres.query("select from attempt where server_errors > 0", idempotent: true)
                        .count > 0
                }
                let good = try await bench.publish(
                    Array(repeating: try RealLab.sample("pass"), count: 3),
                    version: "good"
                )
                #expect(try await fleet.waitUntilFinished(good).outcomes == ["complete": 3])
                #expect(try await fleet.waitUntilFinished(poison).outcomes == ["undeliverable": 1])
                let reason = try #require(try await fleet.store.jobs(of: poison).first?.reason)
                #expect(reason.contains("500"), "\(reason)")
                #expect(reason.contains("3 times"), "\(reason)")
                let carried = try await bench.lab.jobs().count
                #expect(carried == 3)
            }
        }
    }
}
