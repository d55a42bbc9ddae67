// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

extension RealLAVA {
    /// What is noticed by the event stream, and what is mended when it has holes.
    @Suite struct Events {
        @Test("Jobs finish by the stream alone, at about two requests a job")
        func streamAlone() async throws {
            try await RealLAVA.with(settings: ["watcher": RealLAVA.eventsOnly]) { bench in
                try bench.fleet.startAll()
                try await Self.waitForStream(bench)
                let id = try await bench.publish(Array(repeating: try RealLab.sample("pass"), count: 40))
                #expect(try await bench.fleet.waitUntilFinished(id).outcomes == ["complete": 40])
                let requests = bench.api.requests
                #expect(requests.filter { $0.hasPrefix("POST ") }.count == 40)
                // Two a job, those of a connection, and room for jobs whose results came late to the lab's own tables.
                #expect(requests.count <= 90, "\(Self.kinds(of: requests))")
                try await bench.fleet.waitForCallback(of: id)
                try await bench.expectOneLabJobEach()
            }
        }

        @Test("What ends while the stream is cut, or its publisher is restarted, is caught up with")
        func brokenStream() async throws {
            try await RealLAVA.with(settings: ["watcher": RealLAVA.eventsOnly]) { bench in
                try bench.fleet.startAll()
                try await Self.waitForStream(bench)
                // First a cut that lasts until the lab has finished all of it.
                let first = try await bench.publish(
                    Array(repeating: try RealLab.sample("pass", seconds: 2), count: 6),
                    version: "cut"
                )
                try await eventually("all to be in the lab") { try await bench.fleet.attempts().count == 6 }
                bench.stream.cutAll(andRefuse: true)
                try await eventually("the lab to finish all of it") {
                    try await bench.lab.jobs().allSatisfy { $0.state == "Finished" }
                }
                // The cut may have silenced it.
                try await RealLab.restartPublisher()
                let before = bench.api.requests.count
                bench.stream.letThrough()
                #expect(try await bench.fleet.waitUntilFinished(first).outcomes == ["complete": 6])
                let polls = bench.api.requests.dropFirst(before).filter { $0.hasPrefix("GET /api/v0.2/jobs/?") }
                // What finished, and, since a new lab might answer, whether its oldest numbers are still ours.
                #expect((1...2).contains(polls.count), "\(polls)")

                // Then the publisher itself, with jobs on their way.
                let second = try await bench.publish(
                    Array(repeating: try RealLab.sample("pass"), count: 16),
                    version: "restarted"
                )
                try await eventually("some of them to have ended") {
                    try await bench.fleet.store.jobset(id: second).map { $0.pending < 15 } ?? false
                }
                try await RealLab.control("restart", "publisher")
                #expect(try await bench.fleet.waitUntilFinished(second).outcomes == ["complete": 16])
                for id in [first, second] { try await bench.fleet.waitForCallback(of: id) }
                #expect(bench.fleet.receiver.events.count == 2)
            }
        }

        /// Until the watcher follows the stream: otherwise its first look is what sees a job that ended early.
        static func waitForStream(_ bench: Bench) async throws {
            try await eventually("the stream to be followed") {
                try await bench.fleet.postgres.query(
                    "select from backend where events_since is not null",
                    idempotent: true
                ).count == 1
            }
        }

        /// How many requests there were of each kind, with the numbers in them left out.
        static func kinds(of requests: [String]) -> [String: Int] {
            Dictionary(grouping: requests) { $0.replacing(/[0-9a-f-]{36}|[0-9]+/, with: "N") }.mapValues(\.count)
        }
    }
}
