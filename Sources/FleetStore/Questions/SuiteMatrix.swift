// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// The suites of a finished jobset by environment, out of the history of tests: a row for each suite of an environment,
    /// however many results it has. None before a watcher has added the jobset to the history.
    ///
    /// - Parameters:
    ///   - limit: The most suites of all environments together.
    ///   - time: How long it may take.
    /// - Throws: ``QuestionFailure`` when it takes longer.
    package func suiteMatrix(of jobset: UUID, limit: Int, within time: Duration) async throws -> [SuiteTotals] {
        try await asking(within: time) { sql in
            try sql.query(
                """
                select environment, suite, \(unsafeSQL: Self.count("p")) as tests_pass,
                    \(unsafeSQL: Self.count("f")) as tests_fail, \(unsafeSQL: Self.count("x")) as tests_xfail,
                    \(unsafeSQL: Self.count("s")) as tests_skip, \(unsafeSQL: Self.count("u")) as tests_unknown
                from suite_history where jobset_id = \(jobset) order by environment, suite limit \(limit)
                """
            ).decode(SuiteTotals.self)
        }
    }

    /// How many tests of a suite said what a letter stands for.
    private static func count(_ letter: Character) -> String {
        "length(statuses) - length(replace(statuses, '\(letter)', ''))"
    }
}
