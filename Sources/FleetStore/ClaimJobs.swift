// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// A job for which a message came, and who wants it.
package struct ClaimRequest: Sendable {
    /// The job's row.
    package let job: Int
    /// A new one for each message, so that the same message delivered twice to one process is held apart.
    package let claimant: UUID

    package init(job: Int, claimant: UUID) {
        self.job = job
        self.claimant = claimant
    }
}

extension FleetStore {
    /// Claims jobs for submission, writing their attempts before anything is sent to a lab: many jobs, one transaction.
    ///
    /// - Parameters:
    ///   - lease: For how long; longer than a request to the lab can take.
    ///   - maximumInFlight: How many jobs of ours their lab may have at once.
    /// - Returns: what is to be done with each, in their order.
    package func claimJobs(
        _ requests: [ClaimRequest],
        lease: Duration,
        maximumInFlight: Int
    ) async throws -> [Claim] {
        // Of two messages for one job the second finds it held by the first.
        let first = Dictionary(requests.map { ($0.job, $0) }, uniquingKeysWith: { first, _ in first })
        let claims = try await transaction { sql in
            var claiming = Claiming(sql: sql, lease: lease, maximumInFlight: maximumInFlight)
            return try claiming.claim(first.values.sorted { $0.job < $1.job })
        }
        return requests.map { request in
            let claim = claims[request.job] ?? .notWaiting
            guard case .claimed = claim, first[request.job]?.claimant != request.claimant else { return claim }
            return .parked(.held)
        }
    }

    /// Claims one job for submission.
    package func claimJob(id: Int, terms: ClaimTerms) async throws -> Claim {
        try await claimJobs(
            [ClaimRequest(job: id, claimant: terms.claimant)],
            lease: terms.lease,
            maximumInFlight: terms.maximumInFlight
        )[0]
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

    /// Prolongs a claim whose job waits for its turn to be sent: no request with it is on its way.
    package func keepClaim(_ attempt: UUID, terms: ClaimTerms) async throws {
        try await execute(
            """
            update attempt set claimed_until = now() + \(terms.lease)
            where id = \(attempt) and state = 'submitting' and claimed_by = \(terms.claimant)
            """
        )
    }
}

/// One transaction that claims jobs.
private struct Claiming {
    let sql: PostgresTransaction
    let lease: Duration
    let maximumInFlight: Int
    /// How many jobs more each lab may have.
    private var room: [String: Int] = [:]
    /// The labs that one of these jobs tries.
    private var probing: [String: Bool] = [:]
    private var parked: [(job: Int, pause: Duration)] = []

    init(sql: PostgresTransaction, lease: Duration, maximumInFlight: Int) {
        self.sql = sql
        self.lease = lease
        self.maximumInFlight = maximumInFlight
    }

    /// - Parameter requests: Each for another job, in the order of the jobs.
    mutating func claim(_ requests: [ClaimRequest]) throws -> [Int: Claim] {
        let jobs = try sql.lockWaitingJobs(requests.map(\.job))
        guard !jobs.isEmpty else { return [:] }
        let attempts = try sql.openAttempts(ofJobs: jobs.keys.sorted())
        var claims: [Int: Claim] = [:]
        var fresh: [ClaimRequest] = []
        var begun: [(attempt: UUID, claimant: UUID)] = []
        for request in requests {
            guard let job = jobs[request.job] else { continue }
            let attempt = attempts[request.job]
            if let reason = try obstacle(to: request, job, attempt) {
                claims[request.job] = .parked(reason)
            } else if let attempt {
                begun.append((attempt.id, request.claimant))
            } else {
                fresh.append(request)
            }
        }
        try sql.park(parked)
        for attempt in try sql.take(begun, fresh, lease: lease) { claims[attempt.jobID] = .claimed(attempt) }
        for request in requests where jobs[request.job] != nil && claims[request.job] == nil {
            throw MissingRow(table: "job_definition", id: "of job \(request.job)")
        }
        return claims
    }

    private mutating func obstacle(
        to request: ClaimRequest,
        _ job: WaitingJob,
        _ attempt: OpenAttempt?
    ) throws -> ParkingReason? {
        // What is parked for its lab's sake is due at once: `takeDueJobs` lets none pass until the lab may be tried.
        if job.isStopped { return park(request.job, for: .stopped) }
        if let attempt, !attempt.isFree, attempt.holder != request.claimant {
            return park(request.job, for: .held, after: attempt.remainingLease)
        }
        // A lab that fails may be tried by one job even when it is full: what fills it may be what it fails on.
        if attempt == nil, !job.isBroken, try !takePlace(in: job.backend) { return park(request.job, for: .saturated) }
        // Last of all, so that the turn goes to a job that can use it.
        if job.isBroken, try !takeProbe(of: job.backend) { return park(request.job, for: .broken) }
        return nil
    }

    private mutating func park(_ job: Int, for reason: ParkingReason, after pause: Duration = .zero) -> ParkingReason {
        parked.append((job, pause))
        return reason
    }

    private mutating func takePlace(in backend: String) throws -> Bool {
        let places = try room[backend] ?? sql.room(in: backend, maximum: maximumInFlight)
        room[backend] = places - 1
        return places > 0
    }

    private mutating func takeProbe(of backend: String) throws -> Bool {
        guard probing[backend] == nil else { return false }
        let isProbe = try sql.takeProbe(of: backend, lease: lease)
        probing[backend] = isProbe
        return isProbe
    }
}

private struct WaitingJob: Decodable {
    let id: Int
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
    /// Of those jobs the ones that wait, locked. Whether they have an attempt is to be asked afterwards, in a statement of
    /// its own: whoever held the lock before may have written one.
    fileprivate func lockWaitingJobs(_ ids: [Int]) throws -> [Int: WaitingJob] {
        let rows = try query(
            """
            select job.id, job.backend, backend.stopped_reason is not null or backend.paused_reason is not null as is_stopped,
                backend.probe_at is not null as is_broken
            from job join backend on backend.name = job.backend
            where job.id = any(\(ids)) and job.state = 'waiting' order by job.id for no key update of job
            """
        ).decode(WaitingJob.self)
        return Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Of all jobs of a lab whose circuit is open, one at a time may try it, once its time has come.
    fileprivate func takeProbe(of backend: String, lease: Duration) throws -> Bool {
        try execute("update backend set probe_at = now() + \(lease) where name = \(backend) and probe_at <= now()") > 0
    }

    /// A job has at most one attempt that is open.
    fileprivate func openAttempts(ofJobs ids: [Int]) throws -> [Int: OpenAttempt] {
        let rows = try query(
            """
            select job_id, id, claimed_by, coalesce(claimed_until <= now(), true),
                greatest(0, coalesce(extract(epoch from claimed_until - now()), 0))::float8
            from attempt where job_id = any(\(ids)) and state = 'submitting'
            order by job_id, number for no key update
            """
        )
        let attempts = try rows.map { row in
            let (job, id, holder, isFree, remaining) = try row.decode(
                Int.self,
                UUID.self,
                UUID?.self,
                Bool.self,
                Double.self
            )
            let lease = Duration(databaseSeconds: remaining)
            return (job, OpenAttempt(id: id, holder: holder, isFree: isFree, remainingLease: lease))
        }
        return Dictionary(attempts, uniquingKeysWith: { _, last in last })
    }

    /// How many attempts more a lab may have. The claims of a lab go one group at a time from here on, so that they don't
    /// all see the last free places.
    fileprivate func room(in backend: String, maximum: Int) throws -> Int {
        try execute("select pg_advisory_xact_lock(hashtext('muster.in_flight'), hashtext(\(backend)))")
        return maximum - (try openAttempts(in: backend))
    }

    /// Takes over the attempts of jobs that have been begun, and begins the others.
    ///
    /// A request of whoever had an attempt before was over when that lease ended, at the latest: from then on its doubt
    /// counts. What is handed out is free of doubt only if it was before: from here on a request may be sent, so each row
    /// is marked doubtful now, and a submitter that dies leaves the mark behind.
    fileprivate func take(
        _ begun: [(attempt: UUID, claimant: UUID)],
        _ fresh: [ClaimRequest],
        lease: Duration
    ) throws -> [ClaimedAttempt] {
        guard !begun.isEmpty || !fresh.isEmpty else { return [] }
        let rows = try query(
            """
            with again as (
                update attempt set claimed_by = mine.claimant, claimed_until = now() + \(lease),
                    doubtful_since = coalesce(over.at, now()), doubted_at = greatest(attempt.doubted_at, over.at)
                from unnest(\(begun.map(\.attempt)), \(begun.map(\.claimant))) as mine (id, claimant)
                    join attempt as before on before.id = mine.id
                    cross join lateral (
                        select case
                            when before.claimed_until is null then before.doubtful_since
                            when before.doubtful_since is not null
                                then greatest(before.doubtful_since, least(before.claimed_until, now()))
                        end as at
                    ) as over
                where attempt.id = mine.id
                returning attempt.id, attempt.job_id, attempt.created_at, over.at as doubtful_since, attempt.tries,
                    attempt.last_error, attempt.server_errors, attempt.server_errors_since
            ), fresh as (
                insert into attempt (id, job_id, number, generation, backend, claimed_by, claimed_until, doubtful_since)
                select \(unsafeSQL: FleetStore.attemptID(number: "next.number")), job.id, next.number,
                    job.generation, job.backend, new.claimant, now() + \(lease),
                    -- After a restore its lab may have it already, since a time that is long over for every request.
                    case when (select look_first_until from fleet) > now() then now() - interval '1 day' else now() end
                from unnest(\(fresh.map(\.job)), \(fresh.map(\.claimant))) as new (job_id, claimant)
                    join job on job.id = new.job_id join job_definition using (jobset_id, position)
                    cross join lateral (select \(unsafeSQL: FleetStore.nextAttemptNumber) as number) as next
                returning id, job_id, created_at, case when doubtful_since < now() then doubtful_since end as doubtful_since,
                    tries, last_error, server_errors, server_errors_since
            ), claimed as (
                select * from again union all select * from fresh
            )
            select claimed.id, claimed.job_id, job.jobset_id,
                case when octet_length(job_definition.definition) <= \(ClaimedAttempt.smallDefinition)
                    then job_definition.definition end as definition,
                claimed.created_at,
                coalesce(
                    (select least(claimed.created_at, restored_to) from fleet
                        where claimed.created_at <= look_first_until),
                    claimed.created_at
                ) as search_from,
                extract(epoch from now() - claimed.created_at)::float8 as age,
                extract(epoch from now() - claimed.doubtful_since)::float8 as doubt,
                claimed.tries, claimed.last_error,
                job.cancel_requested_at is not null as is_canceled, job.cancel_reason,
                claimed.server_errors,
                extract(epoch from now() - claimed.server_errors_since)::float8 as server_errors_age,
                extract(epoch from (
                    select other.submitted_at from attempt as other
                    where other.backend = job.backend
                        and other.submitted_at > claimed.server_errors_since
                            - \(ClaimedAttempt.recently)
                        and \(unsafeSQL: FleetStore.isSubmittedByUs("other.id"))
                    order by other.submitted_at desc limit 1
                ) - claimed.server_errors_since)::float8 as lab_took_other,
                backend.failures > 0 or backend.probe_at is not null as is_lab_failing,
                backend.probe_at is not null as is_probe,
                (select traceparent from jobset where jobset.id = job.jobset_id) as traceparent
            from claimed join job on job.id = claimed.job_id join backend on backend.name = job.backend
                join job_definition using (jobset_id, position)
            """
        )
        return try rows.decode(ClaimedAttempt.self)
    }

    fileprivate func park(_ jobs: [(job: Int, pause: Duration)]) throws {
        guard !jobs.isEmpty else { return }
        try execute(
            """
            update job set resume_at = now() + make_interval(secs => parked.pause)
            from unnest(\(jobs.map(\.job)), \(jobs.map(\.pause.seconds))) as parked (id, pause)
            where job.id = parked.id and state = 'waiting'
            """
        )
    }
}
