// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// All that there is to tell about a jobset that has finished.
package struct FinishedJobsetReport: Sendable, Equatable {
    package var jobset: Jobset
    package let verdict: Verdict
    /// When its last job came back.
    package let finishedAt: Date
    /// What it comes to in numbers.
    package let totals: ReportTotals
    /// What has changed since the generation before; `nil` in the first.
    package let change: GenerationChange?
    /// Its jobs, those that did not complete first, each part by its place in the document. There may be fewer than
    /// ``ReportTotals/jobs``.
    package let jobs: [Job]
    /// Failed test cases by environment, suite and name. There may be fewer than ``ReportTotals/tests`` counts.
    package let failedTests: [TestResult]
    /// What it is compared with; `nil` where nobody has looked.
    package let baseline: ReportedBaseline?
    package let metrics: ReportedMetrics
    /// How long its jobs waited and ran; `nil` where no lab has run any.
    package let times: JobTimes?
    /// What its suites come to.
    package let suites: ReportedSuites
    /// What could not be made.
    package let missing: [MissingPart]

    /// A report of `jobset`, which has finished; jobs and tests may come in any order.
    ///
    /// - Parameter totals: What all jobs come to; left out when `jobs` are all.
    package init(
        jobset: Jobset,
        totals: ReportTotals? = nil,
        change: GenerationChange? = nil,
        jobs: [Job],
        failedTests: [TestResult],
        baseline: ReportedBaseline? = nil,
        metrics: ReportedMetrics = ReportedMetrics(),
        times: JobTimes? = nil,
        suites: ReportedSuites = ReportedSuites(),
        missing: [MissingPart] = []
    ) {
        guard let verdict = jobset.verdict, let finishedAt = jobset.finishedAt else {
            preconditionFailure("a report is of a jobset that has finished")
        }
        self.jobset = jobset
        self.verdict = verdict
        self.finishedAt = finishedAt
        self.totals = totals ?? ReportTotals(of: jobs)
        self.change = change
        self.jobs = jobs.sorted { left, right in
            left.isComplete == right.isComplete ? left.position < right.position : !left.isComplete
        }
        self.failedTests = failedTests.sorted { Self.order($0) < Self.order($1) }
        self.baseline = baseline
        self.metrics = metrics
        self.times = times
        self.suites = suites
        self.missing = missing
    }

    private static func order(_ test: TestResult) -> (String, String, Int, Int, String) {
        (test.environment, test.suite, test.position, test.suiteNumber, test.name)
    }

    /// The jobs that did not complete.
    package var unfinished: ArraySlice<Job> { jobs.prefix { !$0.isComplete } }

    /// How it compares with its baseline, where it has one and at least a part of it was compared.
    package var comparison: ReportedComparison? {
        guard case .compared(let comparison) = baseline else { return nil }
        return comparison
    }

    /// The jobset that it was to be compared with.
    package var baselineJobset: UUID? {
        switch baseline {
        case .compared(let comparison): comparison.jobset.id
        case .uncompared(let comparison): comparison.jobset.id
        case .unknown, .unfinished, .some(.none), nil: nil
        }
    }

    /// The jobs that completed, but not at their first attempt.
    package var retriedAndComplete: [Job] { jobs.filter { $0.isComplete && $0.isRetried } }
}
