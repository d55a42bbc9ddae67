// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// What the test cases of one suite in one environment said.
package struct SuiteTotals: Sendable, Equatable {
    /// What they ran on.
    package var environment: String
    package var suite: String
    package var tests: TestCounts

    package init(environment: String, suite: String, tests: TestCounts) {
        self.environment = environment
        self.suite = suite
        self.tests = tests
    }
}

/// The suites of a jobset.
package struct ReportedSuites: Sendable, Equatable {
    /// Those with the most failed tests first, then by environment and name.
    package var suites: [SuiteTotals]
    /// How many there are.
    package var total: Int

    /// Suites as given.
    ///
    /// - Parameter total: How many there are; left out when `suites` are all.
    package init(_ suites: [SuiteTotals] = [], total: Int? = nil) {
        self.suites = suites
        self.total = total ?? suites.count
    }
}
