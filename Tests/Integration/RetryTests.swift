// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// Jobs that their lab fails, and not the build.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RetryTests {
    /// A job that the lab fails as often as said, and then completes.
    private static func failing(
        _ times: Int,
        name: String,
        message: String = "no image",
        type: String = "Infrastructure"
    )
        -> String
    {
        TestFleet.definition(
            [
                "sim.fail_first": "\(times)", "sim.error_type": type, "sim.error_msg": message, "sim.pass": "2",
            ],
            name: name
        )
    }

    @Test("A job that its lab fails is tried again as often as its jobset allows, and its last attempt counts")
    func infrastructure() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(
                try fleet.document(
                    [
                        Self.failing(2, name: "heals"), Self.failing(9, name: "never"),
                        Self.failing(1, name: "own", type: "Test"), TestFleet.definition(["sim.pass": "2"]),
                    ],
                    retries: 2
                )
            )
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 2, "incomplete": 2])
            let jobs = try await fleet.store.jobs(of: id)
            #expect(jobs.map(\.outcome) == [.complete, .incomplete, .incomplete, .complete])
            let attempts = try await fleet.postgres.query(
                "select max(number)::bigint from attempt join job on job.id = job_id group by position order by position",
                idempotent: true
            ).map { try $0.decode(Int.self) }
            #expect(attempts == [3, 3, 1, 1])
            #expect(jobs[0].tests.pass == 2)
            try await fleet.waitForCallback(of: id)
            // One lab job for each attempt, and one callback for all of it.
            let made = try fleet.labJobsByTag()
            let submitted = try await fleet.attempts().map { $0.uuidString.lowercased() }
            #expect(Set(made.keys) == Set(submitted))
            #expect(made.values.allSatisfy { $0 == 1 } && made.count == 8)
            #expect(fleet.receiver.events.count == 1)
        }
    }

    @Test("A configured pattern makes another failure the lab's, for the project it is configured for")
    func patterns() async throws {
        let settings = ["watcher": ["infrastructure_patterns": #"["^board .* is on fire$"]"#]]
        try await TestFleet.with(settings: settings) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(
                try fleet.document(
                    [
                        Self.failing(1, name: "fire", message: "board 7 is on fire", type: "Job"),
                        Self.failing(1, name: "water", message: "board 7 is under water", type: "Job"),
                    ],
                    retries: 1
                )
            )
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1, "incomplete": 1])
            #expect(try await fleet.store.jobs(of: id).map(\.outcome) == [.complete, .incomplete])
        }
    }

    @Test("Workers killed while jobs are tried again neither lose a retry nor make one too many")
    func killed() async throws {
        try await TestFleet.with { fleet in
            for role in [TestFleet.Role.ingest, .submitter, .notifier] { try fleet.start(role) }
            for fault in ["watcher.stored@2", "watcher.fetched@3", "watcher.flushed@2"] {
                try fleet.start(.watcher, fault: fault)
            }
            let id = try await fleet.publish(
                try fleet.document((0..<12).map { Self.failing(1, name: "job-\($0)") }, retries: 3)
            )
            try await eventually("all watchers to be dead") { fleet.running(.watcher).isEmpty }
            try fleet.start(.watcher)
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 12])
            #expect(try fleet.labJobsByTag().count == 24)
            #expect(try fleet.labJobsByTag().values.allSatisfy { $0 == 1 })
        }
    }
}
