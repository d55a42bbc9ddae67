// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// How a submitter lets go of an attempt that no lab has, as far as it knows. Whoever has lost its claim changes nothing.
extension FleetStore {
    /// Gives an attempt back after a failure, to be taken up again at a later time.
    ///
    /// - Parameters:
    ///   - isDoubtful: whether a request may have reached the lab.
    ///   - isServerError: whether the lab answered with a failure of its own, which may be this job's fault.
    /// - Returns: `false` when the attempt is no longer this submitter's.
    @discardableResult
    package func releaseAttempt(
        _ attempt: ClaimedAttempt,
        claimant: UUID,
        error: String,
        isDoubtful: Bool,
        isServerError: Bool = false,
        resumeAfter pause: Duration
    ) async throws -> Bool {
        try await transaction { sql in
            try sql.execute("select id from job where id = \(attempt.jobID) for no key update")
            let rows = try sql.query(
                """
                update attempt set claimed_by = null, claimed_until = null, tries = tries + 1,
                    last_error = \(error.storable),
                    server_errors = server_errors + case when \(isServerError) then 1 else 0 end,
                    server_errors_since = case when \(isServerError) then coalesce(server_errors_since, now())
                        else server_errors_since end,
                    doubtful_since = case when \(isDoubtful) then now() else null end,
                    doubted_at = case when \(isDoubtful) then now() else doubted_at end
                where id = \(attempt.id) and state = 'submitting' and claimed_by = \(claimant)
                returning id
                """
            )
            guard !rows.isEmpty else {
                if isDoubtful { try sql.noteLateDoubt(of: attempt.id) }
                return false
            }
            try sql.execute(
                """
                update job set resume_at = now() + \(pause)
                where id = \(attempt.jobID) and state = 'waiting'
                """
            )
            return true
        }
    }

    /// Gives an attempt back that is still in doubt, without starting its doubt anew.
    ///
    /// - Parameter error: What the look for it in the lab failed with; `nil` when it is only too early.
    package func postponeAttempt(
        _ attempt: ClaimedAttempt,
        claimant: UUID,
        error: String? = nil,
        resumeAfter pause: Duration
    ) async throws {
        try await transaction { sql in
            try sql.execute(
                """
                update job set resume_at = now() + \(pause)
                where id = \(attempt.jobID) and state = 'waiting'
                """
            )
            try sql.execute(
                """
                update attempt set claimed_by = null, claimed_until = null,
                    tries = tries + case when \(error) is null then 0 else 1 end,
                    last_error = coalesce(\(error.map(\.storable)), last_error)
                where id = \(attempt.id) and state = 'submitting' and claimed_by = \(claimant)
                """
            )
        }
    }

    /// Gives an attempt back with which no request was made under this claim: it is due at once, and in doubt only if it
    /// was before.
    package func returnAttempt(_ attempt: ClaimedAttempt, claimant: UUID) async throws {
        try await transaction { sql in
            try sql.execute("select id from job where id = \(attempt.jobID) for no key update")
            let returned = try sql.execute(
                """
                update attempt set claimed_by = null, claimed_until = null,
                    doubtful_since = case when \(attempt.doubt != nil) then doubtful_since end
                where id = \(attempt.id) and state = 'submitting' and claimed_by = \(claimant)
                """
            )
            guard returned > 0 else { return }
            try sql.execute("update job set resume_at = now() where id = \(attempt.jobID) and state = 'waiting'")
        }
    }

    /// Ends a job that no lab has: what became of the last request of its attempt is known to whoever calls.
    ///
    /// - Returns: the jobsets finished by this very call; `nil`, and nothing has changed, when the attempt is no longer
    ///   this submitter's, for then another may have brought it into the lab.
    package func endClaimed(
        _ attempt: ClaimedAttempt,
        claimant: UUID,
        outcome: JobOutcome,
        reason: String
    ) async throws -> Unannounced<Void>? {
        try await transaction { sql in
            try sql.lockJobsets(ofJobs: [attempt.jobID])
            try sql.execute("select id from job where id = \(attempt.jobID) for no key update")
            // Earlier requests that were in doubt still are: `doubted_at` keeps that.
            let rows = try sql.query(
                """
                update attempt set doubtful_since = null
                where id = \(attempt.id) and state = 'submitting' and claimed_by = \(claimant)
                returning id
                """
            )
            // With the mistake built in, an end is written down once more by whoever has lost the answer to its commit.
            guard !rows.isEmpty || Mutant.isActive(.decrementOnRepeat) else { return nil }
            let end = JobEnd(jobID: attempt.jobID, outcome: outcome, reason: reason)
            return Unannounced(finished: try sql.finishJobs([end]))
        }
    }
}

extension PostgresTransaction {
    /// A request has come to nothing known, and its attempt is no longer its sender's: it is looked for from now on.
    fileprivate func noteLateDoubt(of attempt: UUID) throws {
        try execute(
            """
            update attempt set doubted_at = now(),
                look_due_at = case when state = 'submitting' then look_due_at else now() end, looks = 0
            where id = \(attempt)
            """
        )
    }
}
