// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// Where an attempt is on its way.
package enum AttemptState: String, Sendable, Codable {
    /// It is being submitted.
    case submitting
    /// The lab has it.
    case submitted
    /// It has come to its end.
    case ended
}

/// One submission of a job, as it stands.
package struct AttemptStatus: Sendable, Codable, Equatable {
    /// Counts from 1 within its job.
    package let number: Int
    /// Where it is on its way.
    package let state: AttemptState
    package let outcome: JobOutcome?
    /// Why it did not complete.
    package let reason: String?
    /// How many requests to submit it have failed.
    package let tries: Int
    /// What the last of them failed with; `nil` once the lab has it.
    package let lastError: String?
    /// When it was begun.
    package let createdAt: Date
    /// When the lab had taken it.
    package let submittedAt: Date?
    package let endedAt: Date?
    /// What the lab made of it: nothing, one, or several for multinode.
    package let labJobs: [LabJobStatus]
    /// What it made of it beside these: of no account, and canceled there. The first of them, at most
    /// ``SurplusLabJobStatus/maximumShown``.
    package let surplus: [SurplusLabJobStatus]
}

extension FleetStore {
    /// Every attempt of the job at `position`, first to last; empty of a job that has none yet, or is not there.
    package func attempts(of jobset: UUID, position: Int) async throws -> [AttemptStatus] {
        try await attempts(of: jobset, positions: [position], latest: .max, limit: 1_000)[position] ?? []
    }

    /// The attempts of several jobs, first to last, by the jobs' places in the document.
    ///
    /// - Parameters:
    ///   - latest: Of each job only its latest so many.
    ///   - limit: Not more than so many altogether; jobs at the end of the document are left out.
    package func attempts(
        of jobset: UUID,
        positions: [Int],
        latest: Int,
        limit: Int
    ) async throws -> [Int: [AttemptStatus]] {
        guard !positions.isEmpty else { return [:] }
        let rows = try await query(
            """
            select job.position, attempt.number, attempt.state, attempt.outcome,
                attempt.reason, attempt.tries, attempt.last_error, attempt.created_at,
                attempt.submitted_at, attempt.ended_at,
                coalesce((
                    select jsonb_agg(\(unsafeSQL: LabJobStatus.object) order by lab_job.number)
                    from lab_job where attempt_id = attempt.id
                ), '[]') as lab_jobs,
                coalesce((
                    select jsonb_agg(\(unsafeSQL: SurplusLabJobStatus.object) order by surplus_lab_job.number)
                    from (
                        select * from surplus_lab_job where attempt_id = attempt.id order by number
                        limit \(SurplusLabJobStatus.maximumShown)
                    ) as surplus_lab_job
                ), '[]') as surplus
            from job join lateral (
                select * from attempt where job_id = job.id order by number desc limit \(latest)
            ) as attempt on true
            where job.jobset_id = \(jobset) and job.position = any(\(positions))
            order by job.position, attempt.number limit \(limit)
            """
        )
        let positions: [Int] = try rows.map { try $0.decode("position") }
        return Dictionary(grouping: zip(positions, try rows.decode(AttemptStatus.self)), by: \.0)
            .mapValues { $0.map(\.1) }
    }
}
