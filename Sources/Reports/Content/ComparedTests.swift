// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// Tests that have changed in one way since the baseline.
package struct ComparedTests: Sendable, Equatable {
    /// The first of them, by environment, suite and name.
    package var tests: [ComparedTest]
    /// How many there are.
    package var total: Int

    /// Tests as given.
    ///
    /// - Parameter total: How many there are; left out when `tests` are all.
    package init(_ tests: [ComparedTest] = [], total: Int? = nil) {
        self.tests = tests
        self.total = total ?? tests.count
    }
}

/// A test that two jobsets have, or one of them: what it says there and here.
package struct ComparedTest: Sendable, Equatable {
    /// What it ran on.
    package var environment: String
    package var suite: String
    /// Which run of the suite within its job, from 1.
    package var suiteRun: Int
    /// The part of its lab job in a multinode group.
    package var role: String?
    /// The test case's name.
    package var name: String
    /// What it said in the baseline; `nil` where it is not there.
    package var before: ResultStatus?
    /// What it says in the jobset; `nil` where it is not there.
    package var after: ResultStatus?
    /// Whether a job that ran it, or, of a test that has vanished, one that could have, did not complete.
    package var isJobIncomplete: Bool
    /// The lab job's page, at the place in its log where that is known.
    package var url: String?

    /// A test as given.
    package init(
        environment: String,
        suite: String,
        suiteRun: Int = 1,
        role: String? = nil,
        name: String,
        before: ResultStatus?,
        after: ResultStatus?,
        isJobIncomplete: Bool = false,
        url: String? = nil
    ) {
        self.environment = environment
        self.suite = suite
        self.suiteRun = suiteRun
        self.role = role
        self.name = name
        self.before = before
        self.after = after
        self.isJobIncomplete = isJobIncomplete
        self.url = url
    }
}
