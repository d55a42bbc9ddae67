// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Reports
import Testing

@Suite("How often failed tests failed before, in reports")
struct EarlierRunsReportTests {
    private static func report(_ environments: [String], earlier: EarlierRuns) -> FinishedJobsetReport {
        let failed = environments.enumerated().map { Sample.test($0, $1, "ltp", "fcntl14") }
        return FinishedJobsetReport(
            jobset: Sample.jobset(.failed),
            jobs: environments.enumerated().map { Sample.job($0, $1) },
            failedTests: failed,
            earlier: Dictionary(uniqueKeysWithValues: failed.map { ($0.environmentTest, earlier) })
        )
    }

    @Test("Each failed test says it once, in every form")
    func each() throws {
        let report = Self.report(["qemu"], earlier: EarlierRuns(failed: 7, ran: 20))
        #expect(TextReport.text(report).contains("(failed 7 of the last 20)"))
        #expect(HTMLReport.html(report).contains("(failed 7 of the last 20)"))
        let json = try JSONReport.document(report)
        #expect(json.contains(#""earlier":{"failed":7,"ran":20}"#))
    }

    @Test("A test on many boards says it of all together, and one that ran once says nothing")
    func together() {
        let many = Self.report(["a", "b", "c", "d", "e"], earlier: EarlierRuns(failed: 0, ran: 20))
        #expect(TextReport.text(many).contains("in 5 jobs (failed 0 of the last 100):"))
        #expect(HTMLReport.html(many).contains("in 5 jobs (failed 0 of the last 100): "))
        let once = Self.report(["a"], earlier: EarlierRuns(failed: 1, ran: 1))
        #expect(!TextReport.text(once).contains("of the last"))
    }
}
