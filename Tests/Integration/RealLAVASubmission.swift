// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

extension RealLAVA {
    /// Each attempt becomes one lab job, by the lab's own count, whatever cuts the conversation short.
    @Suite struct Submission {
        private static let post = "POST /api/v0.2/jobs/"

        @Test("A connection cut inside, after, or before the answer to a submission")
        func cutConnections() async throws {
            try await RealLAVA.with { bench in
                bench.api.cut(.insideRequest(bytes: 700), requests: Self.post, times: 2)
                bench.api.cut(.afterRequest, requests: Self.post, times: 2)
                bench.api.cut(.beforeAnswer, requests: Self.post, times: 2)
                try bench.fleet.startAll()
                let id = try await bench.publish(Array(repeating: try RealLab.sample("pass"), count: 10))
                #expect(try await bench.fleet.waitUntilFinished(id).outcomes == ["complete": 10])
                #expect(bench.api.cuts == 6)
                try await bench.expectOneLabJobEach()
                // Four of the six were taken by the lab, and so not sent again.
                let sent = bench.api.requests.filter { $0.hasPrefix(Self.post) }.count
                #expect(sent == 12)
                try await bench.fleet.waitForCallback(of: id)
                #expect(bench.fleet.receiver.events.count == 1)
            }
        }

        @Test("A submitter killed before, between and after the steps of a submission")
        func killedSubmitters() async throws {
            try await RealLAVA.with { bench in
                for role in [TestFleet.Role.ingest, .watcher, .notifier] { try bench.fleet.start(role) }
                for point in ["claimed", "before-submit", "submitted", "recorded"] {
                    try bench.fleet.start(.submitter, fault: "submitter.\(point)@2")
                }
                // Spread over them by the broker: each gets a second one as long as all wait for theirs.
                let id = try await bench.publish(Array(repeating: try RealLab.sample("pass"), count: 16))
                try await eventually("all four to be dead") { bench.fleet.running(.submitter).isEmpty }
                try bench.fleet.start(.submitter)
                #expect(try await bench.fleet.waitUntilFinished(id).outcomes == ["complete": 16])
                try await bench.expectOneLabJobEach()
                try await bench.fleet.waitForCallback(of: id)
                #expect(bench.fleet.receiver.events.count == 1)
            }
        }

        @Test("LAVA's web server killed and started again in the middle of 100 submissions")
        func restartedServer() async throws {
            // One at a time and each of them late, so that the server is always killed before the last.
            try await RealLAVA.with(settings: ["backend": ["concurrency": "1"]]) { bench in
                bench.api.delay(milliseconds: 150)
                try bench.fleet.startAll()
                let id = try await bench.publish(Array(repeating: try RealLab.sample("pass"), count: 100))
                try await eventually("some to be in the lab", every: .milliseconds(10)) {
                    try await bench.fleet.attempts().count >= 10
                }
                try await RealLab.control("stop", "gunicorn", "--immediate")
                let before = try await bench.fleet.attempts().count
                #expect(before < 100)
                bench.api.letThrough()
                try await RealLab.control("start", "gunicorn")
                try await eventually("all to be in the lab") { try await bench.fleet.attempts().count == 100 }
                try await bench.expectOneLabJobEach()
                // That they run is shown elsewhere, and takes its time.
                _ = try await bench.fleet.store.cancelJobset(id: id, reason: "all are in the lab")
                let outcomes = try await bench.fleet.waitUntilFinished(id).outcomes
                #expect(Set(outcomes.keys).isSubset(of: ["complete", "incomplete", "canceled"]))
                #expect(outcomes.values.reduce(0, +) == 100)
                try await bench.expectOneLabJobEach()
            }
        }
    }
}
