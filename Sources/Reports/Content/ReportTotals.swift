// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// What a jobset comes to in numbers: of all its jobs, also of those that a report does not list.
package struct ReportTotals: Sendable, Equatable {
    /// How many jobs it has.
    package var jobs: Int
    /// How many ended how; outcomes that none has are left out.
    package var outcomes: [JobOutcome: Int]
    /// What their test cases said.
    package var tests: TestCounts
    /// How many took more than one attempt.
    package var retriedJobs: Int
    /// How many of those completed.
    package var retriedAndComplete: Int
    /// How many test cases were more than are kept.
    package var resultsLeftOut: Int
    /// By environment: those with a job that did not complete or a failed test first, then by name.
    package var environments: [EnvironmentTotals]

    package init(
        jobs: Int,
        outcomes: [JobOutcome: Int],
        tests: TestCounts,
        retriedJobs: Int,
        retriedAndComplete: Int,
        resultsLeftOut: Int,
        environments: [EnvironmentTotals]
    ) {
        self.jobs = jobs
        self.outcomes = outcomes
        self.tests = tests
        self.retriedJobs = retriedJobs
        self.retriedAndComplete = retriedAndComplete
        self.resultsLeftOut = resultsLeftOut
        self.environments = EnvironmentTotals.ordered(environments)
    }

    /// The totals of a jobset as the store sums them up.
    package init(_ totals: JobsetTotals) {
        self.init(
            jobs: totals.parts.reduce(0) { $0 + $1.jobs },
            outcomes: Dictionary(totals.parts.map { ($0.outcome, $0.jobs) }, uniquingKeysWith: +),
            tests: totals.parts.reduce(TestCounts()) { $0 + $1.tests },
            retriedJobs: totals.retriedJobs,
            retriedAndComplete: totals.retriedAndComplete,
            resultsLeftOut: totals.resultsLeftOut,
            environments: Dictionary(grouping: totals.parts, by: \.environment).map { EnvironmentTotals($0, $1) }
        )
    }

    /// The totals of these jobs, when they are all there are.
    package init(of jobs: [Job]) {
        self.init(
            jobs: jobs.count,
            outcomes: Dictionary(jobs.compactMap(\.outcome).map { ($0, 1) }, uniquingKeysWith: +),
            tests: jobs.reduce(TestCounts()) { $0 + $1.tests },
            retriedJobs: jobs.count(where: \.isRetried),
            retriedAndComplete: jobs.count { $0.isRetried && $0.isComplete },
            resultsLeftOut: jobs.reduce(0) { $0 + $1.resultsLeftOut },
            environments: EnvironmentTotals.all(of: jobs)
        )
    }

    /// How many did not complete.
    package var unfinished: Int { jobs - (outcomes[.complete] ?? 0) }
}

/// What the jobs of one environment came to.
package struct EnvironmentTotals: Sendable, Equatable {
    /// What they ran on.
    package let environment: String
    /// How many there are.
    package var jobs: Int
    /// How many of them completed.
    package var complete: Int
    /// What their test cases said.
    package var tests: TestCounts

    package init(environment: String, jobs: Int = 0, complete: Int = 0, tests: TestCounts = TestCounts()) {
        self.environment = environment
        self.jobs = jobs
        self.complete = complete
        self.tests = tests
    }

    /// The totals of an environment from its parts.
    init(_ environment: String, _ parts: [JobsetTotals.Part]) {
        self.init(
            environment: environment,
            jobs: parts.reduce(0) { $0 + $1.jobs },
            complete: parts.reduce(0) { $0 + ($1.outcome == .complete ? $1.jobs : 0) },
            tests: parts.reduce(TestCounts()) { $0 + $1.tests }
        )
    }

    /// The totals of each environment, in the order of a report.
    static func all(of jobs: [Job]) -> [EnvironmentTotals] {
        var totals: [String: EnvironmentTotals] = [:]
        for job in jobs {
            var total = totals[job.environment] ?? EnvironmentTotals(environment: job.environment)
            total.jobs += 1
            total.complete += job.isComplete ? 1 : 0
            total.tests = total.tests + job.tests
            totals[job.environment] = total
        }
        return ordered(Array(totals.values))
    }

    /// Those with a job that did not complete or a failed test first, then by name.
    static func ordered(_ totals: [EnvironmentTotals]) -> [EnvironmentTotals] {
        totals.sorted { left, right in
            left.isClean == right.isClean ? left.environment < right.environment : !left.isClean
        }
    }

    private var isClean: Bool { jobs == complete && tests.fail == 0 }
}
