// SPDX-License-Identifier: Apache-2.0

/// How many test cases of a job said what. LAVA's own suite `lava` is kept, but not counted here.
package struct TestCounts: Sendable, Hashable, Codable {
    package var pass = 0
    package var fail = 0
    /// How many were skipped.
    package var skip = 0
    /// How many said nothing that LAVA could make out.
    package var unknown = 0

    /// No test cases.
    package init() {}

    package init(pass: Int, fail: Int, skip: Int, unknown: Int) {
        self.pass = pass
        self.fail = fail
        self.skip = skip
        self.unknown = unknown
    }

    /// All of them together.
    package var total: Int { pass + fail + skip + unknown }

    /// Counts one more test case.
    package mutating func count(_ status: ResultStatus) {
        switch status {
        case .pass: pass += 1
        case .fail: fail += 1
        case .skip: skip += 1
        case .unknown: unknown += 1
        }
    }

    /// The sum of two counts.
    package static func + (left: TestCounts, right: TestCounts) -> TestCounts {
        TestCounts(
            pass: left.pass + right.pass,
            fail: left.fail + right.fail,
            skip: left.skip + right.skip,
            unknown: left.unknown + right.unknown
        )
    }
}
