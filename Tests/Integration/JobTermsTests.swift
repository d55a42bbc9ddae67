// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import TestSupport
import Testing

/// What a job says of its own run, in a LAVA lab and in one whose jobs somebody else runs.
@Suite("Jobs with terms of their own", .serialized, .timeLimit(.minutes(10)))
struct JobTermsTests {
    private static func document(_ fleet: TestFleet, _ jobs: [[String: Any]], retries: Int = 0) throws -> [UInt8] {
        let document: [String: Any] = [
            "build": "/group/project/1", "empty_jobs": "pass", "callback_url": fleet.receiver.url, "retries": retries,
            "jobs": jobs,
        ]
        return Array(try JSONSerialization.data(withJSONObject: document))
    }

    private static func job(_ definition: String, in backend: String = "lab-a", _ terms: [String: Any] = [:])
        -> [String: Any]
    {
        ["environment": "e", "backend": backend, "definition": definition].merging(terms) { $1 }
    }

    @Test("A job ends at its own limit with a reason, is canceled in its lab, and its neighbours run to their end")
    func timeout() async throws {
        try await TestFleet.with(labOptions: ["--devices", "sim=9", "--run-time-ms", "6000"]) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(
                try Self.document(
                    fleet,
                    [
                        Self.job(TestFleet.definition()),
                        Self.job(TestFleet.definition(["sim.run_ms": "600000"]), ["timeout": ["running": 3]]),
                        Self.job(TestFleet.definition(), ["timeout": ["queued": 600, "running": 600]]),
                    ]
                )
            )
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 2, "expired": 1])
            let reason = try #require(try await fleet.store.jobs(of: id)[1].reason)
            #expect(reason.contains("was running for") && reason.contains("the limit of the job is 3 s"), "\(reason)")
            try await eventually("the lab to have canceled it") {
                try await fleet.statistics().jobs["Finished"] == 3
            }
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("On a desk, a job without a result ends at its own limit, and one that the desk fails is tried again")
    func external() async throws {
        try await TestFleet.with(labs: ["lab-a", "desk"], real: ["desk": .external]) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(
                try Self.document(
                    fleet,
                    [
                        Self.job("what: nobody runs it", in: "desk", ["timeout": ["running": 1]]),
                        Self.job("what: a test", in: "desk", ["retries": 1]),
                    ]
                )
            )
            for attempt in 1...2 {
                try await eventually("attempt \(attempt) of the job to be handed out") {
                    let job = try await fleet.store.jobs(of: id).last
                    return job?.state == .submitted && job?.attempts == attempt
                }
                let row = try #require(try await fleet.store.jobs(of: id).last).id
                _ = try await fleet.store.reportResult(
                    ofJob: row,
                    ReportedResult(
                        outcome: .incomplete,
                        reason: "no power, attempt \(attempt)",
                        isInfrastructure: true
                    ),
                    externalBackends: ["desk"],
                    by: "test"
                )
            }
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["expired": 1, "incomplete": 1])
            let jobs = try await fleet.store.jobs(of: id)
            #expect(jobs[0].reason?.contains("the limit of the job is 1 s") == true, "\(jobs[0].reason ?? "")")
            #expect(jobs[1].attempts == 2)
        }
    }

    @Test("The example of the documentation is taken, runs, and shows what it was given")
    func example() async throws {
        let example = try #require(
            try DocumentedCode.blocks(of: "docs/jobset.md", in: "json").first { $0.contains("\"queued\"") }
        )
        try await TestFleet.with { fleet in
            try fleet.startAll()
            var job = try #require(
                try JSONSerialization.jsonObject(with: Data(example.utf8)) as? [String: Any]
            )
            job["definition"] = TestFleet.definition()
            let id = try await fleet.publish(try Self.document(fleet, [job]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])
            let shown = try #require(try await fleet.store.jobs(of: id).first)
            #expect(shown.priority == 80 && shown.retries == 2)
            #expect(shown.timeout == JobTimeout(queued: 7_200, running: 3_600))
        }
    }
}
