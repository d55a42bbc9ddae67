// SPDX-License-Identifier: Apache-2.0

/// How a finished jobset differs from another one, its baseline: in tests, measurements, jobs and environments.
package struct JobsetDifference: Sendable, Equatable {
    package var tests: TestComparison
    package var jobs: JobDifferences
    package var environments: EnvironmentDifferences

    package init(
        tests: TestComparison = TestComparison(),
        jobs: JobDifferences = JobDifferences(),
        environments: EnvironmentDifferences = EnvironmentDifferences()
    ) {
        self.tests = tests
        self.jobs = jobs
        self.environments = environments
    }
}

/// The environments that only one of two jobsets has, by name. Nothing in them is compared.
package struct EnvironmentDifferences: Sendable, Equatable {
    /// The first of those that only the later jobset has.
    package var new: [String] = []
    /// How many there are of those.
    package var newTotal = 0
    /// The first of those that only the earlier jobset has.
    package var missing: [String] = []
    /// How many there are of those.
    package var missingTotal = 0

    /// None.
    package init() {}
}
