// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// How the test cases of two finished jobsets differ.
public struct TestComparison: Sendable, Equatable {
    /// In which way a test has changed.
    public enum Kind: String, Sendable, CaseIterable {
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
    public var tests: [Kind: [ComparedResult]] = [:]
    /// How many there are of each kind.
    public var totals: [Kind: Int] = [:]
    /// The measurements that changed most, the most first.
    public var metrics: [ComparedMeasurement] = []
    /// How many measurements there are.
    public var metricTotal = 0

    /// Nothing, to which comparisons of some environments are added.
    public init() {}
}

/// A test as it was before and is now; of several jobs of an environment that ran it, the worst counts.
public struct ComparedResult: Sendable, Equatable, Decodable {
    /// The environment of its job.
    public let environment: String
    /// The suite's name.
    public let suite: String
    /// Which run of the suite within its lab job, from 1.
    public let suiteRun: Int
    /// The lab job's part in a multinode group.
    public let role: String?
    /// The test case's name.
    public let name: String
    /// What it said before; `nil` where it was not there.
    public let before: ResultStatus?
    /// What it says now; `nil` where it is not there.
    public let after: ResultStatus?
    /// Whether a job that ran it, or, of a test that has vanished, one that could have, did not complete.
    public let isJobIncomplete: Bool
    /// The lab of the lab job that it is from now.
    public let backend: String?
    /// LAVA's number of that.
    public let labJob: Int?
    /// Where it begins in that lab job's log.
    public let startLogLine: Int?
}

/// A measurement as it was before and is now; of several jobs of an environment, the mean.
public struct ComparedMeasurement: Sendable, Equatable, Decodable {
    /// The environment of its job.
    public let environment: String
    /// The suite's name.
    public let suite: String
    /// Which run of the suite within its lab job, from 1.
    public let suiteRun: Int
    /// The lab job's part in a multinode group.
    public let role: String?
    /// The test case's name.
    public let name: String
    /// The measurement's units.
    public let units: String?
    /// What it was.
    public let before: Double?
    /// What it is.
    public let after: Double

    enum CodingKeys: String, CodingKey {
        case environment, suite, suiteRun, role, name, units
        case before = "before_value"
        case after = "after_value"
    }
}
