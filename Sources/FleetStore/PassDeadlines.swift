// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A jobset whose deadline has passed before its end.
package struct PassedDeadline: Sendable, Equatable {
    package let jobsetID: UUID
    /// How many of its jobs were ended for it by this very call.
    package let expired: Int
    /// Whether some are left, for another call.
    package let isPartial: Bool
}

extension FleetStore {
    /// Ends what is outstanding of a jobset whose deadline has passed; to be called until there is none.
    ///
    /// Each job says where it was: waiting for its lab, or which lab job it was in what state. Of a jobset with very
    /// many jobs one call ends `batch`; its event is recorded with the first.
    ///
    /// - Parameter cancels: Whether what a lab has of them is canceled there.
    package func passDeadline(cancels: Bool, batch: Int) async throws -> Unannounced<PassedDeadline>? {
        guard let id = try await dueDeadline() else { return nil }
        return try await transaction { sql in
            if cancels { try sql.markForCancelation(outstandingOf: id, batch: batch) }
            guard try sql.notePassedDeadline(id) else {
                return Unannounced(PassedDeadline(jobsetID: id, expired: 0, isPartial: false), finished: [])
            }
            let ends = try sql.outstandingJobs(of: id, batch: batch)
            let finished = ends.isEmpty ? try sql.finishJobsets([id]) : try sql.finishJobs(ends)
            let isPartial = ends.count == batch && finished.isEmpty
            let passed = PassedDeadline(jobsetID: id, expired: ends.count, isPartial: isPartial)
            return Unannounced(passed, finished: finished)
        }
    }

    private func dueDeadline() async throws -> UUID? {
        try await query(
            "select id from jobset where state = 'running' and deadline <= now() order by deadline limit 1"
        ).first?.decode(UUID.self)
    }
}

extension PostgresTransaction {
    /// Lab jobs are locked before jobsets, so this comes first.
    fileprivate func markForCancelation(outstandingOf jobset: UUID, batch: Int) throws {
        try execute(
            """
            update lab_job set cancel_due_at = now(), cancel_tries = 0 where id in (
                select lab_job.id from lab_job join attempt on attempt.id = lab_job.attempt_id
                where lab_job.state = 'submitted' and lab_job.may_cancel
                    and attempt.state = 'submitted' and attempt.job_id in (
                    select id from job where jobset_id = \(jobset) and state <> 'finished' order by id limit \(batch)
                )
                order by lab_job.id for no key update of lab_job
            )
            """
        )
    }

    /// Locks the jobset. It is sealed: nothing that is added now could end before the deadline.
    fileprivate func notePassedDeadline(_ id: UUID) throws -> Bool {
        let rows = try query(
            "select deadline_passed_at is null from jobset where id = \(id) and state = 'running' for no key update"
        )
        guard let isFirst = try rows.first?.decode(Bool.self) else { return false }
        guard isFirst else { return true }
        try execute(
            """
            update jobset set deadline_passed_at = now(), sealed = true,
                sealed_reason = case when sealed then sealed_reason else 'its deadline has passed' end
            where id = \(id)
            """
        )
        try recordEvent(.deadline, of: [id])
        return true
    }

    fileprivate func outstandingJobs(of jobset: UUID, batch: Int) throws -> [JobEnd] {
        let rows = try query(
            """
            select job.id, job.backend, job.state, jobset.timeout_seconds, (
                select string_agg(
                    coalesce(lab_job.sub_id, lab_job.number::text) || coalesce(' (' || lab_state || ')', ''), ', '
                    order by lab_job.number
                ) from attempt join lab_job on lab_job.attempt_id = attempt.id
                where attempt.job_id = job.id and attempt.state = 'submitted' and lab_job.state = 'submitted'
            ) as lab_jobs
            from job join jobset on jobset.id = job.jobset_id
            where jobset_id = \(jobset) and job.state <> 'finished' order by job.id limit \(batch)
            """
        )
        return try rows.decode(OutstandingJob.self).map {
            JobEnd(jobID: $0.id, outcome: .expired, reason: $0.reason)
        }
    }
}

/// A job that has not ended before the deadline.
private struct OutstandingJob: Decodable {
    let id: Int
    let backend: String
    let state: JobState
    let timeoutSeconds: Int?
    let labJobs: String?

    var reason: String {
        let limit = timeoutSeconds.map { " of \($0) s" } ?? ""
        return "the jobset's deadline\(limit) has passed: \(place)"
    }

    private var place: String {
        if state == .waiting { return "still waiting for \(backend)" }
        guard let labJobs else { return "its results had not come from \(backend)" }
        return "lab job \(labJobs) of \(backend) had not ended"
    }
}
