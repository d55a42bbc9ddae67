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
