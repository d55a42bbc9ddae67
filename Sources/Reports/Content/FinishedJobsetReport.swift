// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// All that there is to tell about a jobset that has finished.
package struct FinishedJobsetReport: Sendable, Equatable {
    package var jobset: ReportedJobset
    /// What it comes to in numbers.
    package let totals: ReportTotals
    /// What has changed since the generation before; `nil` in the first.
    package let change: GenerationChange?
    /// Its jobs, those that did not complete first, each part by its place in the document. There may be fewer than
    /// ``ReportTotals/jobs``.
    package let jobs: [ReportedJob]
    /// Failed test cases by environment, suite and name. There may be fewer than ``ReportTotals/tests`` counts.
    package let failedTests: [ReportedTest]
    /// What it is compared with; `nil` where nobody has looked.
    package let baseline: ReportedBaseline?
    package let metrics: ReportedMetrics
    /// How long its jobs waited and ran; `nil` where no lab has run any.
    package let times: ReportedTimes?
    /// What its suites come to.
    package let suites: ReportedSuites
    /// What could not be made.
    package let missing: [MissingPart]

    /// A report of `jobset`; jobs and tests may come in any order.
    ///
    /// - Parameter totals: What all jobs come to; left out when `jobs` are all.
    package init(
        jobset: ReportedJobset,
        totals: ReportTotals? = nil,
        change: GenerationChange? = nil,
        jobs: [ReportedJob],
        failedTests: [ReportedTest],
        baseline: ReportedBaseline? = nil,
        metrics: ReportedMetrics = ReportedMetrics(),
        times: ReportedTimes? = nil,
        suites: ReportedSuites = ReportedSuites(),
        missing: [MissingPart] = []
    ) {
        self.jobset = jobset
        self.totals = totals ?? ReportTotals(of: jobs)
        self.change = change
        self.jobs = jobs.sorted { left, right in
            left.isComplete == right.isComplete ? left.position < right.position : !left.isComplete
        }
        self.failedTests = failedTests.sorted { $0.order < $1.order }
        self.baseline = baseline
        self.metrics = metrics
        self.times = times
        self.suites = suites
        self.missing = missing
    }

    /// The jobs that did not complete.
    package var unfinished: ArraySlice<ReportedJob> { jobs.prefix { !$0.isComplete } }

    /// How it compares with its baseline, where it has one and at least a part of it was compared.
    package var comparison: ReportedComparison? {
        guard case .compared(let comparison) = baseline else { return nil }
        return comparison
    }

    /// The jobset that it was to be compared with.
    package var baselineJobset: UUID? {
        switch baseline {
        case .compared(let comparison): comparison.jobset
        case .uncompared(let comparison): comparison.jobset
        case .unknown, .unfinished, .some(.none), nil: nil
        }
    }

    /// The jobs that completed, but not at their first attempt.
    package var retriedAndComplete: [ReportedJob] { jobs.filter { $0.isComplete && $0.isRetried } }
}
