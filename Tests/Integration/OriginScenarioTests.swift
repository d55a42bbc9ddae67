// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

/// The three scenarios that Muster began with, minutes scaled to fractions of a second: three jobs are submitted at
/// once, and a report by estimated timers came 10 minutes after the last job, or 2 hours late, or with two of three
/// jobs missing. Here each ends in exactly one report with all three jobs, once the last one is done.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct OriginScenarioTests {
    /// One minute of the scenario, in milliseconds.
    static let minute = 15

    struct Scenario: Sendable, CustomTestStringConvertible {
        let name: String
        /// After how many minutes jobs A, B and C are done.
        let minutes: [Int]
        var testDescription: String { name }
    }

    static let scenarios = [
        Scenario(name: "scenario 1: the timers would have waited for nothing", minutes: [10, 15, 20]),
        Scenario(name: "scenario 2: the timers would have reported an hour late", minutes: [20, 40, 60]),
        Scenario(name: "scenario 3: the timers would have reported A only", minutes: [20, 130, 200]),
    ]

    @Test("one report, with all three jobs, when the last is done", arguments: scenarios)
    func scenario(_ scenario: Scenario) async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            let jobs = scenario.minutes.map { TestFleet.definition(["sim.run_ms": "\($0 * Self.minute)"]) }
            let id = try await fleet.publish(try fleet.document(jobs))
            try await eventually("the callback") { !fleet.receiver.received.isEmpty }
            let status = try #require(try await fleet.store.jobset(id: id))
            #expect(status.outcomes == ["complete": 3])
            let ends = try await fleet.store.jobs(of: id).compactMap { $0.labJobs.first?.endTime }
            #expect(ends.count == 3)
            // Not early: the report was made after the lab's last job had ended.
            let finished = try #require(status.finishedAt)
            #expect(ends.allSatisfy { $0 <= finished })
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }
}
