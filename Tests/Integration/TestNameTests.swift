// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

/// A test is found again in other builds by the name that its author gave it.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct TestNameTests {
    @Test("a test definition put in front of others changes the name of nothing else, in no form of the report")
    func place() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            try await fleet.run(["sim.suites": "boot ltp", "sim.pass": "2"], version: "1")
            let second = try await fleet.run(
                ["sim.suites": "smoke boot ltp", "sim.pass": "1", "sim.fail": "1"],
                version: "2"
            )
            let report = try await fleet.report(of: second)
            #expect(report.tests("regressions") == ["boot/case_1", "ltp/case_1"])
            #expect(report.tests("new_failures") == ["smoke/case_1"])
            #expect(report.tests("vanished").isEmpty)
            #expect(Set(report.metrics.filter { $0.hasBefore }.map { $0.suite }) == ["boot", "ltp"])
            #expect(report.suites == ["boot", "ltp", "smoke"])

            let first = try #require(try await fleet.store.jobsets(JobsetFilter()).last?.id)
            let (before, after) = (try await fleet.junitCases(of: first), try await fleet.junitCases(of: second))
            #expect(before.contains("env-0.job.boot case_1"))
            #expect(before.isSubset(of: after))
            for format in ReportFormat.allCases where !format.isOptional {
                let text = try #require(try await fleet.store.storedReport(jobsetID: second)?[format])
                #expect(!text.contains("1_boot") && !text.contains("2_ltp") && !text.contains("0_smoke"), "\(format)")
            }
        }
    }

    @Test("a suite that runs twice in a job stays two runs, and a regression in either is seen")
    func twice() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            try await fleet.run(["sim.suites": "ltp boot ltp", "sim.pass": "1"], version: "1")
            let second = try await fleet.run(
                ["sim.suites": "ltp boot ltp", "sim.fail": "1", "sim.pass": "0"],
                version: "2"
            )
            let report = try await fleet.report(of: second)
            #expect(report.tests("regressions") == ["boot/case_1", "ltp/case_1", "ltp/case_1"])
            #expect(report.runs("regressions") == [1, 1, 2])
        }
    }

    @Test("test sets are told apart: a regression in one of them is seen")
    func sets() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            try await fleet.run(["sim.suites": "v4l2", "sim.sets": "video0 video1", "sim.pass": "1"], version: "1")
            let second = try await fleet.run(
                ["sim.suites": "v4l2", "sim.sets": "video1", "sim.pass": "0", "sim.fail": "1"],
                version: "2"
            )
            let report = try await fleet.report(of: second)
            #expect(report.tests("regressions") == ["v4l2/video1/case_1"])
            #expect(report.tests("vanished") == ["v4l2/video0/case_1"])
        }
    }
}

extension TestFleet {
    /// Runs a job to its end, and waits for the report.
    @discardableResult fileprivate func run(_ metadata: [String: String], version: String) async throws -> UUID {
        let id = try await publish(
            try document([TestFleet.definition(metadata)], version: version, callback: false)
        )
        _ = try await waitUntilFinished(id)
        try await waitForReport(of: id)
        return id
    }

    /// The class and name of every case.
    fileprivate func junitCases(of jobset: UUID) async throws -> Set<String> {
        let text = try #require(try await store.storedReport(jobsetID: jobset)?[.junit])
        return Set(text.matches(of: /<testcase name="([^"]*)" classname="([^"]*)"/).map { "\($0.2) \($0.1)" })
    }
}
