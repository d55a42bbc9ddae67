// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// How the jobs of one environment of a jobset stand.
package struct EnvironmentStatus: Sendable, Equatable, Decodable {
    /// What they run in or on.
    package let environment: String
    /// How many there are.
    package let total: Int
    /// Those that no lab has yet.
    package let waiting: Int
    /// Those that a lab has.
    package let inLab: Int
    /// Those that completed with no failed test.
    package let passed: Int
    /// Those that completed with a failed test, or were rejected.
    package let failed: Int
    /// Those that are missing, as `JobOutcome.isMissing` says.
    package let missing: Int
    /// Those that were canceled.
    package let canceled: Int
    /// Their failed tests.
    package let failedTests: Int

    package init(
        environment: String,
        total: Int,
        waiting: Int,
        inLab: Int,
        passed: Int,
        failed: Int,
        missing: Int,
        canceled: Int,
        failedTests: Int
    ) {
        self.environment = environment
        self.total = total
        self.waiting = waiting
        self.inLab = inLab
        self.passed = passed
        self.failed = failed
        self.missing = missing
        self.canceled = canceled
        self.failedTests = failedTests
    }
}

extension FleetStore {
    /// The environments of a jobset: those with most trouble first, then by name.
    package func environments(of jobset: UUID, limit: Int) async throws -> [EnvironmentStatus] {
        try await query(
            """
            select environment, count(*) as total, count(*) filter (where state = 'waiting') as waiting,
                count(*) filter (where state = 'submitted') as in_lab,
                count(*) filter (where outcome = 'complete' and tests_fail = 0) as passed,
                count(*) filter (where outcome = 'complete' and tests_fail > 0 or outcome = 'rejected') as failed,
                count(*) filter (where \(unsafeSQL: PostgresTransaction.isMissing)) as missing,
                count(*) filter (where outcome = 'canceled') as canceled,
                coalesce(sum(tests_fail), 0) as failed_tests
            from job where jobset_id = \(jobset) group by environment
            order by count(*) filter (where outcome <> 'complete' or tests_fail > 0) desc, environment limit \(limit)
            """
        ).decode(EnvironmentStatus.self)
    }
}
