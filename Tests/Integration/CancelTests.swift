// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// Cancellation from the store to the lab and back to the callback.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct CancelTests {
    @Test("What is in the lab, in its queue and on its way there is canceled, and the callback says so")
    func everything() async throws {
        try await TestFleet.with(
            labOptions: ["--run-time-ms", "600000", "--devices", "sim=2"],
            settings: ["backend": ["maximum_in_flight": "5"]]
        ) { fleet in
            try fleet.startAll()
            // Two run, three are queued in the lab, and five wait for a place in it.
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 10)))
            try await eventually("five jobs to be in the lab") { try await fleet.store.jobset(id: id)?.inLab == 5 }
            let canceled = try await fleet.store.cancelJobset(id: id, reason: "superseded").done
            #expect(canceled.endedNow + canceled.inLab + canceled.inDoubt == 10)
            #expect(canceled.inLab == 5)
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.verdict == .canceled)
            #expect(status.outcomes == ["canceled": 10])
            try await fleet.waitForCallback(of: id)
            let received = try #require(fleet.receiver.received.first)
            let body = try #require(
                try JSONSerialization.jsonObject(with: Data(received.body)) as? [String: Any]
            )
            let words = String(decoding: received.body, as: UTF8.self)
            #expect(words.contains("canceled"), "\(body.keys.sorted())")
            #expect(fleet.receiver.events.count == 1)
            #expect(try fleet.labJobsByTag().values.allSatisfy { $0 == 1 })
            // Nothing is left running in the lab.
            let stats = try await fleet.lab("lab-a", .GET, "/simulator/stats")
            #expect(!stats.contains("\"Running\""), "\(stats)")
        }
    }

    @Test("A lab that is away when its jobs are canceled is told when it is back")
    func away() async throws {
        try await TestFleet.with(labOptions: ["--run-time-ms", "600000"]) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition(), TestFleet.definition()]))
            try await eventually("the jobs to be in the lab") { try await fleet.store.jobset(id: id)?.inLab == 2 }
            try await fleet.restart("lab-a", downMilliseconds: 2000)
            #expect(try await fleet.store.cancelJobset(id: id, reason: nil).done.inLab == 2)
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["canceled": 2])
            let reasons = try await fleet.store.jobs(of: id).map(\.reason)
            #expect(reasons == ["canceled", "canceled"])
        }
    }

    @Test("A lab that never confirms keeps its jobs, and the jobset ends all the same")
    func unconfirmed() async throws {
        try await TestFleet.with(
            labOptions: ["--run-time-ms", "600000"],
            settings: ["watcher": ["cancel_limit_seconds": "2"]]
        ) { fleet in
            let fault = #"{"match": {"path": "jobs/*/cancel/"}, "kind": "status", "status": 500}"#
            _ = try await fleet.lab("lab-a", .POST, "/simulator/faults", json: fault)
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the job to be in the lab") { try await fleet.store.jobset(id: id)?.inLab == 1 }
            _ = try await fleet.store.cancelJobset(id: id, reason: nil)
            #expect(try await fleet.waitUntilFinished(id).verdict == .canceled)
            let reason = try #require(try await fleet.store.jobs(of: id).first?.reason)
            #expect(reason == "canceled (the lab did not confirm it within 2 s)")
        }
    }

    @Test("A job canceled while its submission is in doubt ends in no lab, or canceled in it")
    func inDoubt() async throws {
        try await TestFleet.with(labOptions: ["--run-time-ms", "600000"]) { fleet in
            let fault = #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutAfterAccept", "count": 1}"#
            _ = try await fleet.lab("lab-a", .POST, "/simulator/faults", json: fault)
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the lab to have it") { try fleet.labJobsByTag().count == 1 }
            _ = try await fleet.store.cancelJobset(id: id, reason: nil)
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["canceled": 1])
            #expect(try fleet.labJobsByTag().values.allSatisfy { $0 == 1 })
            try await eventually("the lab to run nothing") {
                try await !fleet.lab("lab-a", .GET, "/simulator/stats").contains("\"Running\"")
            }
        }
    }
}
