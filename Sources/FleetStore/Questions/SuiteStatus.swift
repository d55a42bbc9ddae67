// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A run of a suite that is not the first of its name in its lab job.
package struct RepeatedSuite: Sendable, Hashable {
    /// The job's place in the document, from 0.
    package let position: Int
    /// LAVA's number of the lab job.
    package let labJob: Int
    /// LAVA's number of the suite.
    package let suiteNumber: Int

    /// That run.
    package init(position: Int, labJob: Int, suiteNumber: Int) {
        self.position = position
        self.labJob = labJob
        self.suiteNumber = suiteNumber
    }
}

extension FleetStore {
    /// The suites of a finished jobset, those with the most failed tests first, and how many there are. Only the last
    /// attempt of each job counts, and LAVA's own suite is left out.
    ///
    /// - Parameters:
    ///   - environments: Those of these environments alone; `nil`: of all.
    ///   - time: How long it may take; `nil`: as long as any statement.
    /// - Throws: ``QuestionFailure`` when it takes longer, or the server can't answer.
    package func suites(
        of jobset: UUID,
        environments: [String]? = nil,
        limit: Int,
        within time: Duration? = nil
    ) async throws -> (suites: [SuiteTotals], total: Int) {
        let rows = try await asking(within: time) { sql in
            try sql.query(Self.suites(of: jobset, environments, limit))
        }
        return (try rows.decode(SuiteTotals.self), try rows.first?.decode("total") ?? 0)
    }

    private static func suites(of jobset: UUID, _ environments: [String]?, _ limit: Int) -> PostgresStatement {
        """
        select job.environment, suite, count(*) filter (where status = 'pass') as tests_pass,
            count(*) filter (where status = 'fail') as tests_fail, count(*) filter (where status = 'xfail') as tests_xfail,
            count(*) filter (where status = 'skip') as tests_skip,
            count(*) filter (where status = 'unknown') as tests_unknown, count(*) over () as total
        from \(unsafeSQL: CountedResults.tables) where job.jobset_id = \(jobset) and \(unsafeSQL: CountedResults.condition)
            and (\(environments == nil) or job.environment = any(\(environments ?? [])))
        group by job.environment, suite
        order by tests_fail desc, job.environment, suite limit \(limit)
        """
    }

    /// The runs of suites that are the second, third … of their name in their lab job, with that number.
    ///
    /// - Parameters:
    ///   - positions: Of the jobs at these places in the document; `nil`: of all.
    ///   - limit: At most so many.
    ///   - time: How long it may take; `nil`: as long as any statement.
    /// - Throws: ``QuestionFailure`` when it takes longer, or the server can't answer.
    package func repeatedSuites(
        of jobset: UUID,
        positions: [Int]? = nil,
        limit: Int,
        within time: Duration? = nil
    ) async throws -> [RepeatedSuite: Int] {
        let rows = try await asking(within: time) { sql in
            try sql.query(
                """
                select position, number, suite_number, run from (
                    select position, number, suite_number, row_number() over (
                        partition by position, number, suite order by suite_number
                    ) as run
                    from (
                        select distinct job.position, lab_job.number, suite, suite_number
                        from \(unsafeSQL: CountedResults.tables) where job.jobset_id = \(jobset) and \(unsafeSQL: CountedResults.condition)
                            and (\(positions == nil) or job.position in (select unnest(\(positions ?? []))))
                    ) as suite
                ) as suite
                where run > 1 limit \(limit)
                """
            )
        }
        var runs: [RepeatedSuite: Int] = [:]
        for row in rows {
            let (position, labJob, suiteNumber, run) = try row.decode(Int.self, Int.self, Int.self, Int.self)
            runs[RepeatedSuite(position: position, labJob: labJob, suiteNumber: suiteNumber)] = run
        }
        return runs
    }
}
