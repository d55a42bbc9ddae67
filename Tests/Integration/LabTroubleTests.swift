// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

/// What a lab does to whoever submits to it: every job ends up in the lab exactly once, or says why not.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LabTroubleTests {
    @Test(
        "a lab that fails while jobs are submitted gets each of them once",
        arguments: [
            #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutAfterAccept", "count": 3}"#,
            #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutBeforeAccept", "count": 3}"#,
            #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "status", "status": 500, "count": 3}"#,
            #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "status", "status": 429, "count": 3}"#,
            #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "hang", "count": 2}"#,
        ]
    )
    func trouble(fault: String) async throws {
        try await TestFleet.with { fleet in
            _ = try await fleet.lab("lab-a", .POST, "/simulator/faults", json: fault)
            try fleet.startAll()
            let id = try await fleet.publish(
                try fleet.document(Array(repeating: TestFleet.definition(), count: 12))
            )
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 12])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("a lab that is down for a while delays its jobs and nobody else's")
    func down() async throws {
        try await TestFleet.with(labs: ["lab-a", "lab-b"]) { fleet in
            try await fleet.restart("lab-a", downMilliseconds: 3000)
            try fleet.startAll()
            let late = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "late"))
            let prompt = try await fleet.publish(
                try fleet.document([TestFleet.definition()], backends: ["lab-b"], version: "prompt")
            )
            #expect(try await fleet.waitUntilFinished(prompt).verdict == .passed)
            #expect(try await fleet.waitUntilFinished(late).verdict == .passed)
            for id in [late, prompt] { try await fleet.waitForCallback(of: id) }
            try await fleet.expectExactlyOnce([late, prompt], labs: ["lab-a", "lab-b"])
        }
    }

    @Test("a lab never has more of our jobs than it may")
    func inFlight() async throws {
        try await TestFleet.with(
            labOptions: ["--run-time-ms", "100", "--devices", "sim=50"],
            settings: ["backend": ["maximum_in_flight": "5"]]
        ) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 40)))
            var most = 0
            try await eventually("the end", every: .milliseconds(20)) {
                most = max(most, try await fleet.store.backendStatuses().map(\.inLab).max() ?? 0)
                return try await fleet.store.jobset(id: id)?.state == .finished
            }
            #expect(most <= 5)
            #expect(most > 1)
        }
    }

    @Test("a lab that refuses our token is left alone until it takes it, and no job fails for it")
    func unauthorized() async throws {
        try await TestFleet.with { fleet in
            _ = try await fleet.lab(
                "lab-a",
                .POST,
                "/simulator/faults",
                json: #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "status", "status": 403}"#
            )
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition(), TestFleet.definition()]))
            try await eventually("the lab to be stopped") {
                try await fleet.store.backendStatuses().first?.stoppedReason != nil
            }
            #expect(try await fleet.store.jobset(id: id)?.pending == 2)
            _ = try await fleet.lab("lab-a", .DELETE, "/simulator/faults")
            try await fleet.store.resumeBackend("lab-a")
            #expect(try await fleet.waitUntilFinished(id).verdict == .passed)
        }
    }

    @Test("a job that the lab has lost ends as lost, and its jobset with it")
    func lost() async throws {
        try await TestFleet.with(labOptions: ["--run-time-ms", "600000"]) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the job to be in the lab") { try await fleet.store.jobset(id: id)?.inLab == 1 }
            try await fleet.restart("lab-a", downMilliseconds: 1, keepsJobs: false)
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["lost": 1])
            #expect(status.verdict == .incomplete)
        }
    }
}
