// SPDX-License-Identifier: Apache-2.0

import Fleet
public import Foundation

/// All that there is to tell about a jobset that has finished.
public struct FinishedJobsetReport: Sendable, Equatable {
    /// The jobset itself.
    public var jobset: ReportedJobset
    /// What it comes to in numbers.
    public let totals: ReportTotals
    /// What has changed since the generation before; `nil` in the first.
    public let change: GenerationChange?
    /// Its jobs, those that did not complete first, each part by its place in the document. There may be fewer than
    /// ``ReportTotals/jobs``.
    public let jobs: [ReportedJob]
    /// Failed test cases by environment, suite and name. There may be fewer than ``ReportTotals/tests`` counts.
    public let failedTests: [ReportedTest]
    /// What it is compared with; `nil` where nobody has looked.
    public let baseline: ReportedBaseline?
    /// What was measured.
    public let metrics: ReportedMetrics
    /// How long its jobs waited and ran; `nil` where no lab has run any.
    public let times: ReportedTimes?
    /// What its suites come to.
    public let suites: ReportedSuites
    /// What could not be made.
    public let missing: [MissingPart]

    /// A report of `jobset`; jobs and tests may come in any order.
    ///
    /// - Parameter totals: What all jobs come to; left out when `jobs` are all.
    public init(
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
    public var unfinished: ArraySlice<ReportedJob> { jobs.prefix { !$0.isComplete } }

    /// How it compares with its baseline, where it has one and at least a part of it was compared.
    public var comparison: ReportedComparison? {
        guard case .compared(let comparison) = baseline else { return nil }
        return comparison
    }

    /// The jobset that it was to be compared with.
    public var baselineJobset: UUID? {
        switch baseline {
        case .compared(let comparison): comparison.jobset
        case .uncompared(let comparison): comparison.jobset
        case .unknown, .unfinished, .some(.none), nil: nil
        }
    }

    /// The jobs that completed, but not at their first attempt.
    public var retriedAndComplete: [ReportedJob] { jobs.filter { $0.isComplete && $0.isRetried } }
}
