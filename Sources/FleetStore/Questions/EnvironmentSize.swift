// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// How much there is to compare of one environment.
package struct EnvironmentSize: Sendable, Equatable, Decodable {
    package let environment: String
    /// How many test cases its jobs have in both jobsets.
    package let tests: Int

    /// A size as given.
    package init(environment: String, tests: Int) {
        self.environment = environment
        self.tests = tests
    }
}

extension FleetStore {
    /// The environments of a jobset, each with how many test cases it and `baseline` have of it, by the counts of the jobs.
    package func environmentSizes(of jobset: UUID, with baseline: UUID?) async throws -> [EnvironmentSize] {
        try await query(
            """
            select environment, sum(tests_pass::bigint + tests_fail + tests_xfail + tests_skip + tests_unknown)::bigint as tests
            from job where jobset_id = any(array[\(jobset), \(baseline)]::uuid[])
            group by environment having bool_or(jobset_id = \(jobset)) order by environment
            """
        ).decode(EnvironmentSize.self)
    }
}
