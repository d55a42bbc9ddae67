// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// What a test measured in a jobset; of several jobs of an environment, the mean.
package struct JobsetMetric: Sendable, Equatable, Decodable {
    package let environment: String
    package let suite: String
    /// The test case's name.
    package let name: String
    package let measurement: Double
}

extension FleetStore {
    /// What the tests of a finished jobset measured, by environment, suite and name, out of the history of tests. None
    /// before a watcher has added the jobset to the history.
    ///
    /// - Parameters:
    ///   - limit: The most measurements.
    ///   - time: How long it may take.
    /// - Throws: ``QuestionFailure`` when it takes longer.
    package func metrics(of jobset: UUID, limit: Int, within time: Duration) async throws -> [JobsetMetric] {
        try await asking(within: time) { sql in
            try sql.query(
                """
                select environment, suite, measured.name, measured.measurement
                from suite_history join test_list on test_list.id = test_list_id,
                    unnest(names, measurements) as measured (name, measurement)
                where jobset_id = \(jobset) and measurements is not null and measured.measurement is not null
                order by environment, suite, measured.name limit \(limit)
                """
            ).decode(JobsetMetric.self)
        }
    }
}
