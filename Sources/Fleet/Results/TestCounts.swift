// SPDX-License-Identifier: Apache-2.0

/// How many test cases of a job said what. LAVA's own suite `lava` is kept, but not counted here.
package struct TestCounts: Sendable, Hashable, Codable {
    package var pass = 0
    /// How many failed, those aside that a known issue is about.
    package var fail = 0
    /// How many failed as a known issue says.
    package var xfail = 0
    /// How many were skipped.
    package var skip = 0
    /// How many said nothing that LAVA could make out.
    package var unknown = 0

    /// No test cases.
    package init() {}

    package init(pass: Int, fail: Int, xfail: Int = 0, skip: Int, unknown: Int) {
        self.pass = pass
        self.fail = fail
        self.xfail = xfail
        self.skip = skip
        self.unknown = unknown
    }

    package init(from decoder: any Decoder) throws {
        let counts = try decoder.container(keyedBy: CodingKeys.self)
        pass = try counts.decode(Int.self, forKey: .pass)
        fail = try counts.decode(Int.self, forKey: .fail)
        // Gateways before known issues do not say it.
        xfail = try counts.decodeIfPresent(Int.self, forKey: .xfail) ?? 0
        skip = try counts.decode(Int.self, forKey: .skip)
        unknown = try counts.decode(Int.self, forKey: .unknown)
    }

    /// All of them together.
    package var total: Int { pass + fail + xfail + skip + unknown }

    /// Those that there are, each with its number in words: `117 passed`, `3 failed`, `2 known failures`.
    ///
    /// - Parameters:
    ///   - worstFirst: Failures come before passes.
    ///   - number: How a number is written.
    package func words(worstFirst: Bool = false, number: (Int) -> String) -> [String] {
        let passed = [(pass, "passed")]
        let failed = [(fail, "failed"), (xfail, xfail == 1 ? "known failure" : "known failures")]
        let rest = [(skip, "skipped"), (unknown, "unknown")]
        return ((worstFirst ? failed + passed : passed + failed) + rest).filter { $0.0 > 0 }
            .map { "\(number($0.0)) \($0.1)" }
    }

    /// Counts one more test case.
    package mutating func count(_ status: ResultStatus) {
        switch status {
        case .pass: pass += 1
        case .fail: fail += 1
        case .xfail: xfail += 1
        case .skip: skip += 1
        case .unknown: unknown += 1
        }
    }

    /// The sum of two counts.
    package static func + (left: TestCounts, right: TestCounts) -> TestCounts {
        TestCounts(
            pass: left.pass + right.pass,
            fail: left.fail + right.fail,
            xfail: left.xfail + right.xfail,
            skip: left.skip + right.skip,
            unknown: left.unknown + right.unknown
        )
    }
}
