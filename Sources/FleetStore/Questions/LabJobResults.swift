// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// Some of a lab job's test cases, in LAVA's order.
package struct LabJobResults: Sendable, Equatable {
    /// A test case.
    package struct Case: Sendable, Equatable, Decodable {
        package let suite: String
        /// LAVA's number of the suite.
        package let suiteNumber: Int
        /// The test case's name.
        package let name: String
        package let status: ResultStatus
        /// Its measurement, in decimal digits, without the zeros that LAVA fills up with.
        package let measurement: String?
        package let units: String?
    }

    /// The test cases; those of LAVA's own suite `lava` are left out.
    package let cases: [Case]
    /// What to ask for the next ones with; `nil` when these were the last.
    package let next: Int?

    /// Test cases as given.
    package init(cases: [Case], next: Int?) {
        self.cases = cases
        self.next = next
    }
}

extension FleetStore {
    /// Test cases of one lab job of a job's last attempt, at most `limit` of those behind the place `after`.
    ///
    /// - Parameters:
    ///   - position: The job's place in the document.
    ///   - labJob: LAVA's number.
    ///   - after: ``LabJobResults/next`` of the page before; `nil` for the first page.
    package func results(
        of jobset: UUID,
        position: Int,
        labJob: Int,
        after: Int?,
        limit: Int
    ) async throws -> LabJobResults {
        let rows = try await query(
            """
            select result.position as place, suite, suite_number, name, status,
                trim_scale(measurement)::text as measurement, units
            from result
            where lab_job_id = (
                    select lab_job.id from job join attempt on attempt.job_id = job.id
                        join lab_job on lab_job.attempt_id = attempt.id
                    where job.jobset_id = \(jobset) and job.position = \(position) and lab_job.number = \(labJob)
                        and lab_job.state = 'fetched' and (attempt.outcome is null or attempt.outcome = job.outcome)
                        and attempt.number = (select max(number) from attempt where job_id = job.id)
                )
                and result.position > \(after ?? -1) and suite <> 'lava'
            order by result.position limit \(limit)
            """
        )
        let last: Int? = rows.count < limit ? nil : try rows.last?.decode("place")
        return LabJobResults(cases: try rows.decode(LabJobResults.Case.self), next: last)
    }
}
