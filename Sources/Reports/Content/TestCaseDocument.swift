// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// A form of a report that lists all test cases, which are added to it one by one.
package protocol TestCaseDocument: Sendable {
    /// Whether there is no room for another test case.
    var isFull: Bool { get }

    /// Adds a test case, unless the document is full. Cases of one run of a suite come one after another.
    ///
    /// - Parameter suiteRun: Which run of the suite within its lab job, from 1.
    mutating func add(_ test: TestResult, suiteRun: Int) throws

    /// Notes that not all test cases could be read.
    mutating func note(_ part: MissingPart)
}

/// How much a document of test cases lists; what is left out is counted and said.
package struct TestCaseLimits: Sendable, Equatable {
    /// The most jobs.
    package var jobs: Int
    /// The most test cases.
    package var tests: Int
    /// The most bytes of test cases, before the one that goes beyond.
    package var bytes: Int
    /// The longest name, in Unicode scalars.
    package var nameLength: Int
    /// The longest reason, in Unicode scalars.
    package var reasonLength: Int

    package init(jobs: Int, tests: Int, bytes: Int, nameLength: Int, reasonLength: Int) {
        self.jobs = jobs
        self.tests = tests
        self.bytes = bytes
        self.nameLength = nameLength
        self.reasonLength = reasonLength
    }

    /// What a CI server reads without trouble.
    package static let junit = TestCaseLimits(
        jobs: 10_000,
        tests: 50_000,
        bytes: 16_000_000,
        nameLength: 300,
        reasonLength: 2_000
    )

    /// What a KCIDB takes in one submission.
    package static let kcidb = TestCaseLimits(
        jobs: 10_000,
        tests: 50_000,
        bytes: 32_000_000,
        nameLength: 300,
        reasonLength: 4_000
    )
}
