// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What the jobs of one environment came to.
struct EnvironmentTotals: Equatable {
    let environment: String
    var jobs = 0
    var complete = 0
    var tests = TestCounts()

    /// The totals of each environment: those with a job that did not complete or a failed test first, then by name.
    static func all(of jobs: [ReportedJob]) -> [EnvironmentTotals] {
        var totals: [String: EnvironmentTotals] = [:]
        for job in jobs {
            var total = totals[job.environment] ?? EnvironmentTotals(environment: job.environment)
            total.jobs += 1
            total.complete += job.isComplete ? 1 : 0
            total.tests = total.tests + job.tests
            totals[job.environment] = total
        }
        return totals.values.sorted { left, right in
            left.isClean == right.isClean ? left.environment < right.environment : !left.isClean
        }
    }

    private var isClean: Bool { jobs == complete && tests.fail == 0 }
}
