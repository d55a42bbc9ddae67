// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// All that there is to tell about a jobset that has finished.
public struct FinishedJobsetReport: Sendable, Equatable {
    /// The jobset itself.
    public var jobset: ReportedJobset
    /// Every job of it, those that did not complete first, each part by its place in the document.
    public let jobs: [ReportedJob]
    /// Failed test cases by environment, suite and name. There may be fewer than ``ReportedJobset/tests`` counts.
    public let failedTests: [ReportedTest]

    /// A report of `jobset`; jobs and tests may come in any order.
    public init(jobset: ReportedJobset, jobs: [ReportedJob], failedTests: [ReportedTest]) {
        self.jobset = jobset
        self.jobs = jobs.sorted { left, right in
            left.isComplete == right.isComplete ? left.position < right.position : !left.isComplete
        }
        self.failedTests = failedTests.sorted { $0.order < $1.order }
    }

    /// The jobs that did not complete.
    public var unfinished: ArraySlice<ReportedJob> { jobs.prefix { !$0.isComplete } }

    /// How many jobs ended how; outcomes that none has are left out.
    public var outcomes: [JobOutcome: Int] {
        jobs.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 }
    }

    /// What the test cases of all jobs said.
    public var tests: TestCounts { jobs.reduce(TestCounts()) { $0 + $1.tests } }

    /// The jobs that completed, but not at their first attempt.
    public var retriedAndComplete: [ReportedJob] { jobs.filter { $0.isComplete && $0.isRetried } }

    /// How many jobs took more than one attempt.
    public var retriedJobs: Int { jobs.count(where: \.isRetried) }

    /// How many test cases were more than are kept, of all jobs.
    public var resultsLeftOut: Int { jobs.reduce(0) { $0 + $1.resultsLeftOut } }
}
