// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// Some of a jobset's test cases.
package struct ResultPage: Sendable, Equatable {
    package let results: [TestResult]
    /// Where the next ones begin, for ``ResultFilter/after``; `nil` when these were the last.
    package let next: ResultPlace?

    package init(results: [TestResult] = [], next: ResultPlace? = nil) {
        self.results = results
        self.next = next
    }
}

extension FleetStore {
    /// Test cases of a jobset by job and by LAVA's order; of each job, those of its last attempt, and of that, those of
    /// lab jobs whose results are all here.
    ///
    /// An attempt that its lab failed counts no more, also while nothing has come of the next one: it has ended, and
    /// otherwise than its job.
    ///
    /// - Parameter time: How long it may take; `nil`: as long as any statement.
    /// - Throws: ``QuestionFailure`` when it takes longer, or the server can't answer.
    package func results(
        of jobset: UUID,
        _ filter: ResultFilter,
        within time: Duration? = nil
    ) async throws -> [TestResult] {
        try await resultPage(of: jobset, filter, within: time).results
    }

    /// The same, and where the next ones begin.
    package func resultPage(
        of jobset: UUID,
        _ filter: ResultFilter,
        within time: Duration? = nil
    ) async throws -> ResultPage {
        let rows = try await asking(within: time) { sql in try sql.query(Self.results(of: jobset, filter)) }
        return try ResultPage(rows, limit: filter.limit)
    }

    private static func results(of jobset: UUID, _ filter: ResultFilter) -> PostgresStatement {
        // A job that completed knows how many of its tests failed: most need not be looked into for those.
        let isAboutFailures = filter.status == .fail && !filter.isStatusExcluded && !filter.includesLavaSuite
        return """
            select job.position, job.environment, job.name as job_name, job.backend, job.outcome as job_outcome,
                lab_job.number as lab_job, lab_job.role, result.suite, result.suite_number, result.name, result.status,
                trim_scale(result.measurement)::text as measurement, result.units,
                result.start_log_line, null::text as url, result.position as index
            from job join attempt on attempt.job_id = job.id
                join lab_job on lab_job.attempt_id = attempt.id
                join result on result.lab_job_id = lab_job.id
            where job.jobset_id = \(jobset)
                and lab_job.state = 'fetched' and (attempt.outcome is null or attempt.outcome = job.outcome)
                and attempt.number = (select max(number) from attempt where job_id = job.id)
                and (\(filter.position) is null or job.position = \(filter.position))
                and (\(filter.status) is null or (result.status = \(filter.status)) <> \(filter.isStatusExcluded))
                and (not \(isAboutFailures) or job.outcome is distinct from 'complete' or job.tests_fail > 0)
                and (\(filter.includesLavaSuite) or result.suite <> 'lava')
                and (\(filter.suite) is null or result.suite = \(filter.suite))
                and job.position >= \(filter.after?.position ?? 0)
                and (job.position, lab_job.number, result.position)
                    > (\(filter.after?.position ?? -1), \(filter.after?.labJob ?? -1), \(filter.after?.index ?? -1))
            order by job.position, lab_job.number, result.position limit \(filter.limit) + 1
            """
    }
}

extension ResultPage {
    /// A page of at most `limit` of these rows, of which there is one more if there are more test cases.
    init(_ rows: PostgresRows, limit: Int) throws {
        let found = try rows.decode(TestResult.self)
        self.init(
            results: Array(found.prefix(limit)),
            next: found.count > limit && limit > 0 ? try rows[limit - 1].decode(ResultPlace.self) : nil
        )
    }
}

extension FleetStore {
    /// Test cases of one lab job of a job's last attempt, at most `limit` of those behind the place `after`.
    ///
    /// - Parameters:
    ///   - position: The job's place in the document.
    ///   - labJob: LAVA's number.
    ///   - after: ``ResultPage/next`` of the page before; `nil` for the first page.
    package func results(
        of jobset: UUID,
        position: Int,
        labJob: Int,
        after: ResultPlace?,
        limit: Int
    ) async throws -> ResultPage {
        let rows = try await query(
            """
            with counted as materialized (
                select job.position, job.environment, job.name as job_name, job.backend, job.outcome as job_outcome,
                    lab_job.id, lab_job.number as lab_job, lab_job.role
                from job join attempt on attempt.job_id = job.id join lab_job on lab_job.attempt_id = attempt.id
                where job.jobset_id = \(jobset) and job.position = \(position) and lab_job.number = \(labJob)
                    and lab_job.state = 'fetched' and (attempt.outcome is null or attempt.outcome = job.outcome)
                    and attempt.number = (select max(number) from attempt where job_id = job.id)
            )
            select counted.*, suite, suite_number, result.name, status, trim_scale(measurement)::text as measurement, units,
                start_log_line, null::text as url, result.position as index
            from counted join result on result.lab_job_id = counted.id
            where result.position > \(after?.index ?? -1) and suite <> 'lava'
            order by result.position limit \(limit) + 1
            """
        )
        return try ResultPage(rows, limit: limit)
    }
}
