// SPDX-License-Identifier: Apache-2.0

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
