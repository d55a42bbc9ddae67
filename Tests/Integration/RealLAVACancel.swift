// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import TestSupport
import Testing

extension RealLAVA {
    /// Cancellation, as the lab itself sees it.
    @Suite struct Cancel {
        @Test("What runs and what is queued is canceled in the lab, and the callback says so")
        func runningAndQueued() async throws {
            try await RealLAVA.with { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                // Two more than there are boards.
                let id = try await bench.publish(Array(repeating: try RealLab.sample("slow"), count: 10))
                try await eventually("eight to run and two to be queued") {
                    let states = try await bench.lab.jobs().map(\.state)
                    return states.filter { $0 == "Running" }.count == 8
                        && states.filter { $0 == "Submitted" }.count == 2
                }
                try await eventually("all to be known to be there") {
                    try await fleet.store.jobset(id: id)?.inLab == 10
                }
                let canceled = try await fleet.store.cancelJobset(id: id, reason: "superseded").done
                #expect(canceled.inLab == 10)
                let status = try await fleet.waitUntilFinished(id)
                #expect(status.verdict == .canceled)
                #expect(status.outcomes == ["canceled": 10])
                let healths = try await bench.lab.jobs().map(\.health)
                #expect(healths == Array(repeating: "Canceled", count: 10), "it ended when the lab said so")

                try await fleet.waitForCallback(of: id)
                let data = try #require(fleet.receiver.received.first?.json["data"] as? [String: Any])
                #expect(data["verdict"] as? String == "canceled")
                #expect(data["canceled_reason"] as? String == "superseded")
                #expect(fleet.receiver.events.count == 1)
                try await bench.expectOneLabJobEach()
            }
        }

        @Test("One job is canceled, and the other of its jobset goes on")
        func oneJob() async throws {
            try await RealLAVA.with { bench in
                let fleet = bench.fleet
                try fleet.startAll()
                let id = try await bench.publish(
                    [try RealLab.sample("slow"), try RealLab.sample("pass", seconds: 3)]
                )
                try await eventually("both to be in the lab") { try await fleet.store.jobset(id: id)?.inLab == 2 }
                _ = try await fleet.store.cancelJobs(of: id, positions: [0], reason: nil)
                #expect(try await fleet.waitUntilFinished(id).outcomes == ["canceled": 1, "complete": 1])
                #expect(try await fleet.store.jobs(of: id).map(\.outcome) == [.canceled, .complete])
            }
        }
    }
}
