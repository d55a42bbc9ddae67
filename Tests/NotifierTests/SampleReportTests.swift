// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import Testing

@testable import Fleet

@Suite("The reports that templates are tried on")
struct SampleReportTests {
    @Test("They have every member that a real report has")
    func members() throws {
        let counts = TestCounts(pass: 1, fail: 1, skip: 1, unknown: 0)
        let labJob = LabJob(number: 1, role: "r", url: "u", health: "h", device: "d", resultsLeftOut: 1)
        let end = JobChange.End(outcome: .incomplete, reason: "r", tests: counts)
        var jobset = Jobset.finished(.incomplete)
        (jobset.canceledAt, jobset.canceledReason) = (.now, "r")
        (jobset.deadlinePassedAt, jobset.sealedReason) = (.now, "r")
        var source = JobsetSource()
        for key in JobsetSource.CodingKeys.allCases { source[key] = "s" }
        jobset.source = source
        let report = FinishedJobsetReport(
            jobset: jobset,
            totals: ReportTotals(
                jobs: 1,
                outcomes: [.incomplete: 1],
                tests: counts,
                retriedJobs: 1,
                retriedAndComplete: 0,
                resultsLeftOut: 1,
                environments: [EnvironmentTotals(environment: "e", jobs: 1, complete: 0, tests: counts)]
            ),
            change: GenerationChange(
                generation: 1,
                verdict: .failed,
                beganAt: .now,
                jobs: [JobChange(position: 0, environment: "e", name: "n", backend: "b", before: end, after: end)],
                jobsOmitted: 0
            ),
            jobs: [
                Job(
                    id: 1,
                    position: 0,
                    environment: "e",
                    name: "n",
                    backend: "b",
                    state: .finished,
                    outcome: .incomplete,
                    reason: "r",
                    tests: counts,
                    attempts: 2,
                    labJobs: [labJob],
                    attemptHistory: [
                        Attempt(
                            number: 1,
                            state: .ended,
                            outcome: .incomplete,
                            reason: "r",
                            tries: 0,
                            createdAt: .now,
                            submittedAt: .now,
                            endedAt: .now,
                            labJobs: [labJob]
                        )
                    ],
                    createdAt: .now
                )
            ],
            failedTests: [
                TestResult(
                    position: 0,
                    environment: "e",
                    jobName: "n",
                    backend: "b",
                    labJob: 1,
                    role: "r",
                    suite: "s",
                    suiteNumber: 1,
                    name: "n",
                    status: .fail,
                    measurement: "1.5",
                    units: "u",
                    startLogLine: 1,
                    url: "u"
                )
            ],
            knownIssues: [
                KnownIssueOutcome(TestPattern(), reason: "r", url: "u", failures: 1, passes: 1, environments: 1)
            ],
            earlier: [EnvironmentTest(environment: "e", suite: "s", name: "n"): EarlierRuns(failed: 1, ran: 2)],
            page: "https://muster.example.org/jobsets/1"
        )
        let real = try Self.paths(try JSONReport.document(report))
        let sample = try Self.paths(SampleReport.full)
        #expect(real.subtracting(sample).isEmpty, "only in a real report: \(real.subtracting(sample).sorted())")
        #expect(sample.subtracting(real).filter { !$0.contains("labels") }.isEmpty)
    }

    /// The members of a document, each by its path, lists without their places.
    private static func paths(_ text: String) throws -> Set<String> {
        func paths(_ value: Any, _ path: String) -> Set<String> {
            switch value {
            case let object as [String: Any]:
                object.reduce(into: []) { $0.formUnion(paths($1.value, path + "/" + $1.key)) }
            case let list as [Any]: list.reduce(into: []) { $0.formUnion(paths($1, path)) }
            default: [path]
            }
        }
        return paths(try JSONSerialization.jsonObject(with: Data(text.utf8)), "")
    }
}
