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
    /// What its tests said that known issues are about, those with most failures first.
    package let knownIssues: [KnownIssueOutcome]
    /// How often the failed tests failed before. What is new, and what nobody has looked up, has no entry.
    package let earlier: [EnvironmentTest: EarlierRuns]
    /// The jobset's page on the dashboard, where that is known.
    package let page: String?
    /// By how much a measurement must have changed to be listed for people, in percent.
    package let metricThreshold: Double

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
        missing: [MissingPart] = [],
        knownIssues: [KnownIssueOutcome] = [],
        earlier: [EnvironmentTest: EarlierRuns] = [:],
        page: String? = nil,
        metricThreshold: Double = 5
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
        self.knownIssues = knownIssues
        self.earlier = earlier
        self.page = page
        self.metricThreshold = metricThreshold
    }

    private static func order(
        _ test: TestResult
    ) -> (NaturalOrder, NaturalOrder, NaturalOrder, Int, Int, NaturalOrder) {
        (
            NaturalOrder(test.environment), NaturalOrder(test.jobName ?? ""), NaturalOrder(test.suite), test.position,
            test.suiteNumber, NaturalOrder(test.name)
        )
    }

    /// The verdict in words.
    package var verdictWords: VerdictWords {
        VerdictWords(
            verdict.rawValue,
            outcomes: Dictionary(uniqueKeysWithValues: totals.outcomes.map { ($0.key.rawValue, $0.value) }),
            total: totals.jobs
        )
    }

    /// The jobs that did not complete.
    package var unfinished: ArraySlice<Job> { jobs.prefix { !$0.isComplete } }

    /// The jobs that completed and pass, though they did not bring what jobs bring (``EmptyJobs/pass``).
    package var emptyJobs: [Job] { jobs.filter { $0.isComplete && $0.reason != nil } }

    /// The failed test cases that are neither a regression nor a new failure, so that each failure is listed once.
    package var otherFailures: [TestResult] {
        guard let comparison else { return failedTests }
        let told = Set((comparison.regressions.tests + comparison.newFailures.tests).map { FailedCase($0) })
        return failedTests.filter { !told.contains(FailedCase($0)) }
    }

    /// How many there are of those.
    package var otherFailureTotal: Int {
        max(totals.tests.fail, failedTests.count) - (failedTests.count - otherFailures.count)
    }

    /// The measurements that changed by more than the threshold; those that changed most come first.
    package var changedMetrics: [ComparedMeasurement] {
        metrics.metrics.filter { abs($0.changePercent ?? 0) >= metricThreshold }
    }

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
        case .unknown, .unfinished, .removed, .some(.none), nil: nil
        }
    }

    /// The known issues of which something failed.
    package var knownFailures: [KnownIssueOutcome] { knownIssues.filter { $0.failures > 0 } }

    /// The known issues of which nothing failed and something passed: they may be mended.
    package var passingAgain: [KnownIssueOutcome] { knownIssues.filter(\.passesAgain) }

    /// The jobs that completed, but not at their first attempt.
    package var retriedAndComplete: [Job] { jobs.filter { $0.isComplete && $0.isRetried } }
}

/// A part of a report that could not be made, all of it or some.
///
/// What reads every test case of a jobset has a limit of time, so that there is a report whatever the size.
package struct MissingPart: Sendable, Equatable {
    /// What is missing.
    package enum Part: String, Sendable, CaseIterable {
        /// Failed test cases in the report itself.
        case failedTests = "failed_tests"
        /// The sums of suites.
        case suites
        /// What has changed since the baseline, and with it the metrics.
        case comparison
        /// How often failed tests failed before.
        case history
        /// Test cases of the JUnit document.
        case testCases = "test_cases"
    }

    package var part: Part
    /// Why, as the end of a sentence: `within 120 s`.
    package var reason: String
    /// Of parts that are made for one environment after another, how many are missing, and of how many.
    package var environments: Extent?

    /// Some of all.
    package struct Extent: Sendable, Equatable {
        /// How many are missing.
        package var missing: Int
        /// How many there are.
        package var total: Int

        package init(missing: Int, total: Int) {
            self.missing = missing
            self.total = total
        }
    }

    /// A part as given.
    package init(_ part: Part, reason: String, environments: Extent? = nil) {
        self.part = part
        self.reason = reason
        self.environments = environments
    }

    /// Whether nothing of it is there.
    package var isWhole: Bool { environments.map { $0.missing == $0.total } ?? true }
}

/// A failed test case by what tells it from others, as a comparison and a list of results both have it.
struct FailedCase: Hashable {
    private let environment: String
    private let jobName: String?
    private let suite: String
    private let role: String?
    private let name: String
    private let labJob: Int?
    private let startLogLine: Int?

    init(_ test: ComparedTest) {
        (environment, jobName, suite, role) = (test.environment, test.jobName, test.suite, test.role)
        (name, labJob, startLogLine) = (test.name, test.labJob, test.startLogLine)
    }

    init(_ test: TestResult) {
        (environment, jobName, suite, role) = (test.environment, test.jobName, test.suite, test.role)
        (name, labJob, startLogLine) = (test.name, test.labJob, test.startLogLine)
    }
}
