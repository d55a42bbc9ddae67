// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

/// What a project knows of its failures, from the lab to the report.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct KnownIssueJobsetTests {
    @Test("known failures do not fail a jobset, and every form of the report tells of them")
    func everyForm() async throws {
        let issue = #"{test: "case_*", reason: "a bug of ours", url: "https://bugs.example.org/17"}"#
        try await TestFleet.with(settings: ["projects": ["group/project": "{known_issues: {ours: \(issue)}}"]]) {
            fleet in
            try fleet.startAll()
            let document = try fleet.document([TestFleet.definition(["sim.pass": "2", "sim.fail": "1"])])
            let id = try await fleet.publish(document)
            let jobset = try await fleet.waitUntilFinished(id)
            let results = try await fleet.store.results(of: id, ResultFilter()).map { "\($0.name) \($0.status)" }
            #expect(jobset.verdict == .passed, "\(jobset.build): \(results)")
            #expect(jobset.tests == TestCounts(pass: 2, fail: 0, xfail: 1, skip: 0, unknown: 0))
            try await eventually("the report") { try await fleet.store.storedReport(jobsetID: id) != nil }
            let report = try #require(try await fleet.store.storedReport(jobsetID: id))
            for format in [ReportFormat.text, .html, .json] {
                let text = try #require(report[format])
                #expect(text.contains("a bug of ours") && text.contains("https://bugs.example.org/17"), "\(format)")
            }
            #expect(try #require(report[.text]).contains("Known failures (1)"))
            #expect(try #require(report[.junit]).contains("it failed, as a known issue says"))
        }
    }
}
