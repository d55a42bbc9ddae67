// SPDX-License-Identifier: Apache-2.0

package import Fleet

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
