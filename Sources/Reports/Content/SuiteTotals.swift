// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// What the test cases of one suite in one environment said.
public struct SuiteTotals: Sendable, Equatable {
    /// What they ran on.
    public var environment: String
    /// The suite's name.
    public var suite: String
    /// What they said.
    public var tests: TestCounts

    /// Totals as given.
    public init(environment: String, suite: String, tests: TestCounts) {
        self.environment = environment
        self.suite = suite
        self.tests = tests
    }
}

/// The suites of a jobset.
public struct ReportedSuites: Sendable, Equatable {
    /// Those with the most failed tests first, then by environment and name.
    public var suites: [SuiteTotals]
    /// How many there are.
    public var total: Int

    /// Suites as given.
    ///
    /// - Parameter total: How many there are; left out when `suites` are all.
    public init(_ suites: [SuiteTotals] = [], total: Int? = nil) {
        self.suites = suites
        self.total = total ?? suites.count
    }
}
