// SPDX-License-Identifier: Apache-2.0

import Fleet
public import Foundation
import Postgres

/// A lab job of an attempt, as a lab gave it back or as it was found there.
public struct SubmittedLabJob: Sendable, Hashable {
    /// LAVA's own number.
    public let number: Int
    /// LAVA's name for a member of a multinode group, such as `39.1`.
    public let subID: String?
    /// LAVA's role of a member of a multinode group.
    public let role: String?

    /// A lab job as given.
    public init(number: Int, subID: String? = nil, role: String? = nil) {
        self.number = number
        self.subID = subID
        self.role = role
    }
}

extension FleetStore {
    /// Stores what became of an attempt in the lab. A repeat changes nothing.
    ///
    /// - Parameter isAdopted: They were found in the lab, and may have ended before any poll would look: they are asked
    ///   for by number at once.
    /// - Returns: `false`, and nothing is stored, when what was found has become another attempt's meanwhile.
    @discardableResult
    public func recordSubmission(
        attempt: UUID,
        labJobs: [SubmittedLabJob],
        isAdopted: Bool = false
    ) async throws -> Bool {
        try await client.withTransaction(idempotent: true) { sql in
            if isAdopted, try sql.isOwned(labJobs.map(\.number), byOthersThan: attempt) { return false }
            // The job's row first: that is the order in which everybody locks.
            try sql.execute(
                "select id from job where id = (select job_id from attempt where id = \(attempt)) for no key update"
            )
            // What comes late, of an attempt that has ended meanwhile, is nothing to its job: it may wait for another.
            try sql.execute(
                """
                update job set state = 'submitted', resume_at = null
                from attempt where attempt.id = \(attempt) and job.id = attempt.job_id and job.state = 'waiting'
                    and attempt.state = 'submitting'
                """
            )
            try sql.execute(
                """
                update attempt set state = 'submitted', submitted_at = now(), claimed_by = null,
                    claimed_until = null, doubtful_since = null, last_error = null
                where id = \(attempt) and state = 'submitting'
                """
            )
            try sql.execute(
                """
                insert into lab_job (attempt_id, backend, number, sub_id, role, checked_at, cancel_due_at)
                select attempt.id, attempt.backend, lab.number, lab.sub_id, lab.role,
                    case when \(isAdopted) then '-infinity' else now() end,
                    -- Canceled while it was on its way.
                    case when job.cancel_requested_at is not null then now() end
                from attempt join job on job.id = attempt.job_id, unnest(
                    \(labJobs.map(\.number)), \(labJobs.map(\.subID)), \(labJobs.map(\.role))
                ) as lab (number, sub_id, role)
                where attempt.id = \(attempt)
                on conflict (attempt_id, number) do nothing
                """
            )
            return true
        }
    }

    /// Which of a lab's numbers belong to other open attempts than this one: those are not for it to adopt.
    public func ownedNumbers(among numbers: Set<Int>, byOthersThan attempt: UUID) async throws -> Set<Int> {
        Set(
            try await client.query(
                """
                select distinct lab_job.number from attempt as own
                    join lab_job on lab_job.backend = own.backend and lab_job.number = any(\(numbers.sorted()))
                    join attempt on attempt.id = lab_job.attempt_id
                where own.id = \(attempt) and attempt.id <> own.id
                    -- A lab that was set up anew has given out its numbers again.
                    and (attempt.state <> 'ended' or attempt.ended_at > own.created_at)
                """,
                idempotent: true
            ).map { try $0.decode(Int.self) }
        )
    }

    /// Gives an attempt back after a failure, to be taken up again at a later time.
    ///
    /// - Parameters:
    ///   - isDoubtful: whether a request may have reached the lab.
    ///   - isServerError: whether the lab answered with a failure of its own, which may be this job's fault.
    /// - Returns: `false` when the attempt is no longer this submitter's.
    @discardableResult
    public func releaseAttempt(
        _ attempt: ClaimedAttempt,
        claimant: UUID,
        error: String,
        isDoubtful: Bool,
        isServerError: Bool = false,
        resumeAfter pause: Duration
    ) async throws -> Bool {
        try await client.withTransaction(idempotent: true) { sql in
            try sql.execute("select id from job where id = \(attempt.jobID) for no key update")
            let rows = try sql.query(
                """
                update attempt set claimed_by = null, claimed_until = null, tries = tries + 1,
                    last_error = \(error),
                    server_errors = server_errors + case when \(isServerError) then 1 else 0 end,
                    server_errors_since = case when \(isServerError) then coalesce(server_errors_since, now())
                        else server_errors_since end,
                    doubtful_since = case when \(isDoubtful) then now() else null end
                where id = \(attempt.id) and state = 'submitting' and claimed_by = \(claimant)
                returning id
                """
            )
            guard !rows.isEmpty else { return false }
            try sql.execute(
                """
                update job set resume_at = now() + make_interval(secs => \(pause.seconds))
                where id = \(attempt.jobID) and state = 'waiting'
                """
            )
            return true
        }
    }

    /// Gives an attempt back that is still in doubt, without starting its doubt anew.
    ///
    /// - Parameter error: What the look for it in the lab failed with; `nil` when it is only too early.
    public func postponeAttempt(
        _ attempt: ClaimedAttempt,
        claimant: UUID,
        error: String? = nil,
        resumeAfter pause: Duration
    ) async throws {
        try await client.withTransaction(idempotent: true) { sql in
            try sql.execute(
                """
                update job set resume_at = now() + make_interval(secs => \(pause.seconds))
                where id = \(attempt.jobID) and state = 'waiting'
                """
            )
            try sql.execute(
                """
                update attempt set claimed_by = null, claimed_until = null,
                    tries = tries + case when \(error)::text is null then 0 else 1 end,
                    last_error = coalesce(\(error), last_error)
                where id = \(attempt.id) and state = 'submitting' and claimed_by = \(claimant)
                """
            )
        }
    }
}

extension PostgresTransaction {
    /// Two attempts with the same definition may find the same group, whose text LAVA has lost; one of them gets it.
    fileprivate func isOwned(_ numbers: [Int], byOthersThan attempt: UUID) throws -> Bool {
        try execute(
            """
            select pg_advisory_xact_lock(hashtext('muster.adopt'), hashtext(backend))
            from attempt where id = \(attempt)
            """
        )
        let rows = try query(
            """
            select from attempt as own join lab_job on lab_job.backend = own.backend
                join attempt as other on other.id = lab_job.attempt_id
            where own.id = \(attempt) and other.id <> own.id and other.state <> 'ended'
                and lab_job.number = any(\(numbers)) limit 1
            """
        )
        return !rows.isEmpty
    }
}
