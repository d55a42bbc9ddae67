// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// Tests that have changed in one way since the baseline.
public struct ComparedTests: Sendable, Equatable {
    /// The first of them, by environment, suite and name.
    public var tests: [ComparedTest]
    /// How many there are.
    public var total: Int

    /// Tests as given.
    ///
    /// - Parameter total: How many there are; left out when `tests` are all.
    public init(_ tests: [ComparedTest] = [], total: Int? = nil) {
        self.tests = tests
        self.total = total ?? tests.count
    }
}

/// A test that two jobsets have, or one of them: what it says there and here.
public struct ComparedTest: Sendable, Equatable {
    /// What it ran on.
    public var environment: String
    /// The suite's name.
    public var suite: String
    /// Which run of the suite within its job, from 1.
    public var suiteRun: Int
    /// The part of its lab job in a multinode group.
    public var role: String?
    /// The test case's name.
    public var name: String
    /// What it said in the baseline; `nil` where it is not there.
    public var before: ResultStatus?
    /// What it says in the jobset; `nil` where it is not there.
    public var after: ResultStatus?
    /// Whether a job that ran it, or, of a test that has vanished, one that could have, did not complete.
    public var isJobIncomplete: Bool
    /// The lab job's page, at the place in its log where that is known.
    public var url: String?

    /// A test as given.
    public init(
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
