// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

/// Restarts the servers under a working fleet. It runs alone, since everybody else's servers are the same ones.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct DisruptiveTests {
    static let events: [[String]] = [
        ["restart", "rabbitmq"], ["restart", "postgres"], ["restart", "postgres", "--immediate"],
        ["restart", "rabbitmq", "--immediate"],
    ]

    @Test("a server is restarted in the middle of 1,000 jobs, with two of each worker", arguments: events)
    func restart(event: [String]) async throws {
        try await TestFleet.with(labs: ["lab-a", "lab-b"], labOptions: ["--devices", "sim=50"]) { fleet in
            try fleet.startAll(2)
            let id = try await fleet.publish(
                try fleet.document(
                    Array(repeating: TestFleet.definition(), count: 1000),
                    backends: ["lab-a", "lab-b"]
                )
            )
            try await eventually("a hundred jobs to end") {
                guard let status = try await fleet.store.jobset(id: id) else { return false }
                return status.total - status.pending >= 100
            }
            try await TestServers.stack(event)
            let status = try await fleet.waitUntilFinished(id, within: .seconds(180))
            #expect(status.outcomes == ["complete": 1000])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id], labs: ["lab-a", "lab-b"])
        }
    }

    @Test("the broker loses all it had, and everything that was accepted still finishes")
    func wipe() async throws {
        try await TestFleet.with(labOptions: ["--run-time-ms", "200", "--devices", "sim=20"]) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 300)))
            try await eventually("thirty jobs to end") {
                guard let status = try await fleet.store.jobset(id: id) else { return false }
                return status.total - status.pending >= 30
            }
            try await TestServers.stack(["wipe", "rabbitmq"])
            let status = try await fleet.waitUntilFinished(id, within: .seconds(180))
            #expect(status.outcomes == ["complete": 300])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }
}
