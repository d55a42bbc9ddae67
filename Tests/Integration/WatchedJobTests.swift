// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

/// Jobs that their lab has already, submitted by somebody else.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct WatchedJobTests {
    private static let allowed = ["watch_projects": "[group/*]"]

    @Test(
        "Jobs that somebody else has submitted come back as any other: one that has ended, one that runs, one of none"
    )
    func watched() async throws {
        let settings = ["watcher": ["reconcile_interval_seconds": "2"], "ingest": Self.allowed]
        let options = ["--run-time-ms", "100", "--devices", "sim=20"]
        try await TestFleet.with(labOptions: options, settings: settings) { fleet in
            try fleet.startAll()
            let ended = try await submit(TestFleet.definition(["sim.cases": "5"]), fleet)
            try await eventually("the first job to end") {
                try await fleet.lab("lab-a", .GET, "/api/v0.2/jobs/\(ended)/").contains("Finished")
            }
            let running = try await submit(TestFleet.definition(["sim.run_ms": "3000"]), fleet)
            let entries = [ended, running, 4_711].map { number -> [String: Any] in
                ["environment": "e", "backend": "lab-a", "lab_job": "\(number)"]
            }
            let document: [String: Any] = [
                "build": "/group/project/1", "jobs": entries, "retries": 2, "callback_url": fleet.receiver.url,
            ]
            let id = try await fleet.publish(Array(try JSONSerialization.data(withJSONObject: document)))
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 2, "lost": 1])
            #expect(status.tests.pass >= 5)
            let jobs = try await fleet.store.jobs(of: id)
            #expect(jobs.map { $0.labJobs.map(\.number) } == [[ended], [running], [4_711]])
            #expect(jobs.map(\.attempts) == [1, 1, 1])
            try await fleet.waitForCallback(of: id)
            // Nothing was submitted for them.
            #expect(try await fleet.statistics().submissions == 2)
        }
    }

    @Test("Of another project's lab job a watcher sees nothing, and nothing that it does reaches that job")
    func another() async throws {
        let settings = [
            "ingest": Self.allowed, "backend": ["cancel_watched": "true"],
            // Long enough for the deadline of one to come first, on a busy machine too.
            "watcher": ["reconcile_interval_seconds": "2", "missing_grace_seconds": "5"],
        ]
        try await TestFleet.with(labOptions: EventTests.running, settings: settings) { fleet in
            try fleet.startAll()
            let theirs = try await fleet.publish(
                fleet.document([TestFleet.definition(["sim.run_ms": "8000", "sim.cases": "3"])], callback: false)
            )
            try await eventually("their job to be in the lab") {
                try await fleet.store.jobs(of: theirs).first?.labJobs.isEmpty == false
            }
            let number = try #require(try await fleet.store.jobs(of: theirs).first?.labJobs.first?.number)
            func watch(_ more: [String: Any] = [:]) async throws -> UUID {
                let entry: [String: Any] = ["environment": "e", "backend": "lab-a", "lab_job": number]
                let document = ["build": "/group/other/1", "jobs": [entry]].merging(more) { $1 }
                return try await fleet.publish(Array(try JSONSerialization.data(withJSONObject: document)))
            }
            let canceled = try await watch()
            try await eventually("the jobset to be there") { try await fleet.store.jobset(id: canceled) != nil }
            _ = try await fleet.store.cancelJobset(id: canceled, reason: nil)
            let late = try await watch(["timeout": 1])
            let lost = try await watch()
            #expect(try await fleet.waitUntilFinished(late).outcomes == ["expired": 1])
            #expect(try await fleet.waitUntilFinished(theirs).outcomes == ["complete": 1])
            #expect(try await fleet.waitUntilFinished(lost).outcomes == ["lost": 1])
            #expect(try await fleet.store.jobset(id: theirs)?.tests.pass == 3)
            for id in [canceled, late, lost] {
                #expect(try await fleet.store.results(of: id, ResultFilter(limit: 99)).isEmpty)
            }
        }
    }

    @Test("A watched job that is canceled is canceled in its lab where that is allowed", arguments: [true, false])
    func canceled(isAllowed: Bool) async throws {
        let settings = ["ingest": Self.allowed, "backend": ["cancel_watched": "\(isAllowed)"]]
        try await TestFleet.with(labOptions: EventTests.running, settings: settings) { fleet in
            try fleet.startAll()
            let number = try await submit(TestFleet.definition(["sim.run_ms": "600000"]), fleet)
            let document: [String: Any] = [
                "build": "/group/project/1",
                "jobs": [["environment": "e", "backend": "lab-a", "lab_job": number]],
            ]
            let id = try await fleet.publish(Array(try JSONSerialization.data(withJSONObject: document)))
            try await eventually("the jobset to be there") { try await fleet.store.jobset(id: id) != nil }
            _ = try await fleet.store.cancelJobset(id: id, reason: "superseded")
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["canceled": 1])
            let state = try await fleet.lab("lab-a", .GET, "/api/v0.2/jobs/\(number)/")
            #expect(state.contains("Canceled") == isAllowed)
        }
    }

    /// Submits a job to lab-a past the fleet, and answers its number.
    private func submit(_ definition: String, _ fleet: TestFleet) async throws -> Int {
        let body = try JSONSerialization.data(withJSONObject: ["definition": definition])
        let answer = try await fleet.lab(
            "lab-a",
            .POST,
            "/api/v0.2/jobs/",
            json: String(decoding: body, as: UTF8.self)
        )
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        return try #require((object?["job_ids"] as? [Any])?.first.flatMap { Int("\($0)") }, "\(answer)")
    }
}
