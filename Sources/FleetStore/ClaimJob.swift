// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

/// One submission of a job, claimed by one submitter until its lease ends.
package struct ClaimedAttempt: Sendable, Equatable {
    /// The attempt; its tag in the lab's `original_definition`.
    package let id: UUID
    /// The job's row.
    package let jobID: Int
    /// The jobset it belongs to.
    package let jobsetID: UUID
    /// The definition as it was declared.
    package let definition: String
    /// When the first submitter took it up; no lab job of it can be older, but for the clocks' difference.
    package let createdAt: Date
    /// How long ago that was.
    package let age: Duration
    /// Set when an earlier request may have reached the lab: for how long it has been in doubt.
    package let doubt: Duration?
    /// How often it has failed before.
    package let tries: Int
    /// What it last failed with.
    package let lastError: String?
    /// Set when the job is canceled meanwhile: nothing is to be sent, and why.
    package let cancellation: JobCancellation?
    /// How often the lab answered it with a failure of its own.
    package let serverErrors: Int
    /// How long ago it first did.
    package let serverErrorsAge: Duration?
    /// When the lab last took another submission, counted from then; negative if it was before. `nil` if it was long
    /// before, or never.
    package let labTookOther: Duration?
    /// Whether the lab's latest submission failed, or its circuit is open.
    package let isLabFailing: Bool
    /// Whether this is the one job that may try a lab whose circuit is open.
    package let isProbe: Bool

    /// How long before it failed on an attempt a lab may have taken another for that to say anything.
    static let recently: Duration = .seconds(300)
}

extension ClaimedAttempt: Decodable {
    private enum Column: String, CodingKey {
        case id, jobID, jobsetID, definition, createdAt, age, doubt, tries, lastError, isCanceled, cancelReason
        case serverErrors, serverErrorsAge, labTookOther, isLabFailing, isProbe
    }

    /// From a row. A time of it that somebody has set by hand is believed as far as a duration can be.
    package init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: Column.self)
        func duration(_ column: Column) throws -> Duration? {
            try row.decodeIfPresent(Double.self, forKey: column).map(Duration.init(databaseSeconds:))
        }
        id = try row.decode(UUID.self, forKey: .id)
        jobID = try row.decode(Int.self, forKey: .jobID)
        jobsetID = try row.decode(UUID.self, forKey: .jobsetID)
        definition = try row.decode(String.self, forKey: .definition)
        createdAt = try row.decode(Date.self, forKey: .createdAt)
        age = Duration(databaseSeconds: try row.decode(Double.self, forKey: .age))
        doubt = try duration(.doubt)
        tries = try row.decode(Int.self, forKey: .tries)
        lastError = try row.decodeIfPresent(String.self, forKey: .lastError)
        let reason = try row.decodeIfPresent(String.self, forKey: .cancelReason)
        cancellation = try row.decode(Bool.self, forKey: .isCanceled) ? JobCancellation(reason: reason) : nil
        serverErrors = try row.decode(Int.self, forKey: .serverErrors)
        serverErrorsAge = try duration(.serverErrorsAge)
        labTookOther = try duration(.labTookOther)
        isLabFailing = try row.decode(Bool.self, forKey: .isLabFailing)
        isProbe = try row.decode(Bool.self, forKey: .isProbe)
    }
}

/// That a job was canceled.
package struct JobCancellation: Sendable, Equatable {
    /// Why, where it was said.
    package let reason: String?
}

/// What is to be done with a job for which a message came.
package enum Claim: Sendable, Equatable {
    /// Submit it; when it is in doubt, look for it in the lab first.
    case claimed(ClaimedAttempt)
    /// Nothing: it has been submitted, has ended, or never was.
    case notWaiting
    /// Nothing now: it is parked, and a later message will come for it.
    case parked(ParkingReason)
}

/// Why a waiting job has been put aside.
package enum ParkingReason: String, Sendable {
    /// The lab has as many of our jobs as it may have.
    case saturated
    /// Nothing is submitted to the lab at present: it refuses our token, or a person has paused it.
    case stopped
    /// The lab fails, and its turn to be tried has not come.
    case broken
    /// Another submitter is at work on it.
    case held
}

/// What a claim needs to know of the submitter and its lab.
package struct ClaimTerms: Sendable {
    /// Who claims: a new one for each message, so that the same message delivered twice to one process is held apart.
    package let claimant: UUID
    /// For how long; longer than a request to the lab can take.
    package let lease: Duration
    /// How many jobs of ours the lab may have at once.
    package let maximumInFlight: Int

    package init(claimant: UUID, lease: Duration, maximumInFlight: Int) {
        self.claimant = claimant
        self.lease = lease
        self.maximumInFlight = maximumInFlight
    }
}

extension FleetStore {
    /// Claims a job for submission, writing its attempt before anything is sent to a lab.
    package func claimJob(id: Int, terms: ClaimTerms) async throws -> Claim {
        try await transaction { sql in
            guard let job = try sql.lockWaitingJob(id) else { return .notWaiting }
            // What is parked for its lab's sake is due at once: `takeDueJobs` lets none pass until the lab may be tried.
            if job.isStopped { return try sql.park(id, for: .stopped, after: .zero) }
            let attempt = try sql.openAttempt(of: id)
            if let attempt, !attempt.isFree, attempt.holder != terms.claimant {
                return try sql.park(id, for: .held, after: attempt.remainingLease)
            }
            // A lab that fails may be tried by one job even when it is full: what fills it may be what it fails on.
            if attempt == nil, !job.isBroken, try !sql.hasRoom(backend: job.backend, maximum: terms.maximumInFlight) {
                return try sql.park(id, for: .saturated, after: .zero)
            }
            // Last of all, so that the turn goes to a job that can use it.
            if try job.isBroken && !sql.takeProbe(of: job.backend, terms: terms) {
                return try sql.park(id, for: .broken, after: .zero)
            }
            if let attempt {
                try sql.takeOver(attempt.id, terms: terms)
                return .claimed(try sql.claimedAttempt(attempt.id))
            }
            return .claimed(try sql.claimedAttempt(try sql.insertAttempt(job: id, backend: job.backend, terms: terms)))
        }
    }

    /// Prolongs a claim just before a request is sent again, and notes that from now on it may reach the lab.
    ///
    /// - Returns: whether the claim was still ours; if not, somebody else has it and nothing may be sent.
    package func renewClaim(_ attempt: UUID, terms: ClaimTerms) async throws -> Bool {
        let rows = try await query(
            """
            update attempt set claimed_until = now() + \(terms.lease),
                doubtful_since = now()
            where id = \(attempt) and state = 'submitting' and claimed_by = \(terms.claimant)
            returning id
            """
        )
        return !rows.isEmpty
    }
}

private struct WaitingJob: Decodable {
    let backend: String
    let isStopped: Bool
    let isBroken: Bool
}

private struct OpenAttempt {
    let id: UUID
    let holder: UUID?
    let isFree: Bool
    let remainingLease: Duration
}

extension PostgresTransaction {
    fileprivate func lockWaitingJob(_ id: Int) throws -> WaitingJob? {
        let rows = try query(
            """
            select job.backend, backend.stopped_reason is not null or backend.paused_reason is not null as is_stopped,
                backend.probe_at is not null as is_broken
            from job join backend on backend.name = job.backend
            where job.id = \(id) and job.state = 'waiting' for no key update of job
            """
        )
        return try rows.first?.decode(WaitingJob.self)
    }

    /// Of all jobs of a lab whose circuit is open, one at a time may try it, once its time has come.
    fileprivate func takeProbe(of backend: String, terms: ClaimTerms) throws -> Bool {
        try execute(
            """
            update backend set probe_at = now() + \(terms.lease)
            where name = \(backend) and probe_at <= now()
            """
        ) > 0
    }

    fileprivate func openAttempt(of job: Int) throws -> OpenAttempt? {
        let rows = try query(
            """
            select id, claimed_by, coalesce(claimed_until <= now(), true),
                greatest(0, coalesce(extract(epoch from claimed_until - now()), 0))::float8
            from attempt where job_id = \(job) and state = 'submitting'
            order by number desc limit 1 for no key update
            """
        )
        return try rows.first.map { row in
            let (id, holder, isFree, remaining) = try row.decode(UUID.self, UUID?.self, Bool.self, Double.self)
            let lease = Duration(databaseSeconds: remaining)
            return OpenAttempt(id: id, holder: holder, isFree: isFree, remainingLease: lease)
        }
    }

    /// A request of whoever had it before was over when that lease ended, at the latest: from then on its doubt counts.
    fileprivate func takeOver(_ attempt: UUID, terms: ClaimTerms) throws {
        try execute(
            """
            update attempt set claimed_by = \(terms.claimant),
                claimed_until = now() + \(terms.lease),
                doubtful_since = over.at, doubted_at = greatest(doubted_at, over.at)
            from (
                select case
                    when claimed_until is null then doubtful_since
                    when doubtful_since is not null then greatest(doubtful_since, least(claimed_until, now()))
                end as at
                from attempt where id = \(attempt)
            ) as over
            where id = \(attempt)
            """
        )
    }

    /// Near the limit the claims of a lab go one at a time, so that they don't all see the last free place.
    fileprivate func hasRoom(backend: String, maximum: Int) throws -> Bool {
        let margin = 64
        let first = try inLab(backend: backend, atMost: maximum)
        guard first < maximum else { return false }
        guard first + margin >= maximum else { return true }
        try execute("select pg_advisory_xact_lock(hashtext('muster.in_flight'), hashtext(\(backend)))")
        return try inLab(backend: backend, atMost: maximum) < maximum
    }

    private func inLab(backend: String, atMost maximum: Int) throws -> Int {
        let rows = try query(
            """
            select count(*) from (
                select from attempt where backend = \(backend) and state <> 'ended' limit \(maximum)
            ) as open
            """
        )
        return try rows.first?.decode(Int.self) ?? 0
    }

    fileprivate func insertAttempt(job: Int, backend: String, terms: ClaimTerms) throws -> UUID {
        let id = UUID()
        try execute(
            """
            insert into attempt (id, job_id, number, generation, backend, claimed_by, claimed_until)
            select \(id), \(job), coalesce(max(number), 0) + 1, (select generation from job where id = \(job)),
                \(backend), \(terms.claimant),
                now() + \(terms.lease)
            from attempt where job_id = \(job)
            """
        )
        return id
    }

    fileprivate func claimedAttempt(_ id: UUID) throws -> ClaimedAttempt {
        // What is handed out is free of doubt only if it was before: from here on a request may be sent, so the row
        // is marked doubtful now, and a submitter that dies leaves the mark behind.
        let rows = try query(
            """
            with before as (
                select id, doubtful_since, extract(epoch from now() - doubtful_since)::float8 as doubt
                from attempt where id = \(id)
            ), marked as (
                update attempt set doubtful_since = coalesce(doubtful_since, now()) where id = \(id)
                returning id, job_id, created_at, tries, last_error, server_errors, server_errors_since
            )
            select marked.id, marked.job_id, job.jobset_id, job_definition.definition, marked.created_at,
                extract(epoch from now() - marked.created_at)::float8 as age, before.doubt,
                marked.tries, marked.last_error,
                job.cancel_requested_at is not null as is_canceled, job.cancel_reason,
                marked.server_errors,
                extract(epoch from now() - marked.server_errors_since)::float8 as server_errors_age,
                extract(epoch from (
                    select other.submitted_at from attempt as other
                    where other.backend = job.backend
                        and other.submitted_at > marked.server_errors_since
                            - \(ClaimedAttempt.recently)
                        and \(unsafeSQL: FleetStore.isSubmittedByUs("other.id"))
                    order by other.submitted_at desc limit 1
                ) - marked.server_errors_since)::float8 as lab_took_other,
                backend.failures > 0 or backend.probe_at is not null as is_lab_failing,
                backend.probe_at is not null as is_probe
            from marked join job on job.id = marked.job_id join backend on backend.name = job.backend
                join job_definition using (jobset_id, position), before
            """
        )
        guard let row = rows.first else { throw MissingRow(table: "attempt", id: id.uuidString) }
        return try row.decode(ClaimedAttempt.self)
    }

    fileprivate func park(_ job: Int, for reason: ParkingReason, after pause: Duration) throws -> Claim {
        try execute(
            """
            update job set resume_at = now() + \(pause)
            where id = \(job) and state = 'waiting'
            """
        )
        return .parked(reason)
    }
}
