// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// How the test cases of two finished jobsets differ.
package struct TestComparison: Sendable, Equatable {
    /// In which way a test has changed.
    package enum Kind: String, Sendable, CaseIterable {
        /// It passed before and fails now.
        case regression
        /// It fails now, and neither passed nor failed before.
        case newFailure = "new_failure"
        /// It failed before and passes now.
        case fix
        /// It was there before and is not now, in an environment that both have.
        case vanished
        /// It fails in both.
        case stillFailing = "still_failing"
    }

    /// The first of each kind, by environment, suite and name.
    package var tests: [Kind: [ComparedResult]] = [:]
    /// How many there are of each kind.
    package var totals: [Kind: Int] = [:]
    /// The measurements that changed most, the most first.
    package var metrics: [ComparedMeasurement] = []
    /// How many measurements there are.
    package var metricTotal = 0

    /// Nothing, to which comparisons of some environments are added.
    package init() {}
}

/// A test as it was before and is now; of several jobs of an environment that ran it, the worst counts.
package struct ComparedResult: Sendable, Equatable, Decodable {
    /// The environment of its job.
    package let environment: String
    package let suite: String
    /// Which run of the suite within its lab job, from 1.
    package let suiteRun: Int
    /// The lab job's part in a multinode group.
    package let role: String?
    /// The test case's name.
    package let name: String
    /// What it said before; `nil` where it was not there.
    package let before: ResultStatus?
    /// What it says now; `nil` where it is not there.
    package let after: ResultStatus?
    /// Whether a job that ran it, or, of a test that has vanished, one that could have, did not complete.
    package let isJobIncomplete: Bool
    /// The lab of the lab job that it is from now.
    package let backend: String?
    /// LAVA's number of that.
    package let labJob: Int?
    /// Where it begins in that lab job's log.
    package let startLogLine: Int?
}

/// A measurement as it was before and is now; of several jobs of an environment, the mean.
package struct ComparedMeasurement: Sendable, Equatable, Decodable {
    /// The environment of its job.
    package let environment: String
    package let suite: String
    /// Which run of the suite within its lab job, from 1.
    package let suiteRun: Int
    /// The lab job's part in a multinode group.
    package let role: String?
    /// The test case's name.
    package let name: String
    package let units: String?
    /// What it was.
    package let before: Double?
    package let after: Double

    enum CodingKeys: String, CodingKey {
        case environment, suite, suiteRun, role, name, units
        case before = "before_value"
        case after = "after_value"
    }
}
