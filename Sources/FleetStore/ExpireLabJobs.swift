// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
import Postgres

/// How long a lab's jobs may wait and run, unless they have shorter limits themselves. `nil` is for ever.
package struct LabJobLimits: Sendable, Equatable {
    /// From the submission to the start.
    package let queued: Duration?
    /// From the start on.
    package let running: Duration?
    /// How long a member of a group that has not started may go on so, once another member has ended.
    package let stuckMember: Duration?

    package init(queued: Duration?, running: Duration?, stuckMember: Duration?) {
        self.queued = queued
        self.running = running
        self.stuckMember = stuckMember
    }
}

extension FleetStore {
    /// Lab jobs that are beyond a limit by what is known here. The lab is to be asked for them, and what it says
    /// noted, before ``expireJobs(ofLabJobs:backend:limits:)`` looks once more.
    package func overdueLabJobs(
        backend: String,
        limits: LabJobLimits,
        limit: Int
    ) async throws -> [OutstandingLabJob] {
        let rows = try await query(
            Self.overdue(backend: backend, limits: limits, among: nil, limit: limit)
        )
        return try rows.decode(OverdueLabJob.self).map { overdue in
            OutstandingLabJob(
                id: overdue.id,
                number: overdue.number,
                attempt: overdue.attempt,
                isMember: overdue.subID != nil,
                isWatched: overdue.isWatched
            )
        }
    }

    /// Ends the jobs of those lab jobs that are still beyond a limit, and has what the lab still has of them canceled.
    ///
    /// - Returns: why each job ended.
    package func expireJobs(
        ofLabJobs ids: [Int],
        backend: String,
        limits: LabJobLimits
    ) async throws -> Unannounced<[String]> {
        let nothing = Unannounced<[String]>([], finished: [])
        guard !ids.isEmpty else { return nothing }
        return try await transaction { sql in
            // All members of the attempts, in the order in which everybody locks: none can end meanwhile.
            try sql.execute(
                """
                select id from lab_job where attempt_id in (select attempt_id from lab_job where id = any(\(ids)))
                order by id for no key update
                """
            )
            let overdue = try sql.query(
                Self.overdue(backend: backend, limits: limits, among: ids, limit: ids.count)
            ).decode(OverdueLabJob.self)
            guard !overdue.isEmpty else { return nothing }
            try sql.execute(
                """
                update lab_job set cancel_due_at = now(), cancel_tries = 0
                where attempt_id = any(\(overdue.map(\.attempt))) and state = 'submitted' and may_cancel
                """
            )
            let ends = overdue.map { one in
                JobEnd(jobID: one.job, outcome: .expired, reason: one.reason(backend: backend, limits: limits))
            }
            return Unannounced(ends.compactMap(\.reason), finished: try sql.finishJobs(ends))
        }
    }

    /// When a lab job started is told by the lab's clock. That may be wrong; how much it is shows in when each of the
    /// two clocks saw the submission.
    private static func overdue(
        backend: String,
        limits: LabJobLimits,
        among ids: [Int]?,
        limit: Int
    ) -> PostgresStatement {
        """
        select lab_job.id, attempt.id as attempt, attempt.job_id as job, lab_job.number, lab_job.sub_id, lab_job.role,
            lab_job.lab_state, lab_job.start_time is not null as has_started,
            extract(epoch from now() - attempt.submitted_at)::float8 as queued_seconds,
            extract(epoch from now() - start.at)::float8 as running_seconds,
            coalesce(ended.sub_id, ended.number::text) as ended_member,
            extract(epoch from now() - ended.checked_at)::float8 as seconds_since_ended, lab_job.is_watched,
            lab_job.queued_limit_seconds, lab_job.running_limit_seconds
        from lab_job join attempt on attempt.id = lab_job.attempt_id
            cross join lateral (
                select coalesce(
                    lab_job.start_time + (attempt.submitted_at - lab_job.submit_time), lab_job.start_time
                ) as at
            ) as start
            cross join lateral (
                select least(\(limits.queued), make_interval(secs => lab_job.queued_limit_seconds)) as queued,
                    least(\(limits.running), make_interval(secs => lab_job.running_limit_seconds)) as running
            ) as most
            left join lateral (
                select number, sub_id, checked_at from lab_job as member
                -- The first condition needs no look into the table where it does not hold.
                where lab_job.sub_id is not null
                    and member.attempt_id = lab_job.attempt_id and member.state <> 'submitted'
                order by checked_at limit 1
            ) as ended on true
        where lab_job.backend = \(backend) and lab_job.state = 'submitted' and attempt.state = 'submitted'
            and lab_job.missing_since is null and (\(ids == nil) or lab_job.id = any(\(ids ?? [])))
            and ((lab_job.start_time is null
                    and attempt.submitted_at < now() - most.queued)
                or (lab_job.start_time is null
                    and ended.checked_at < now() - \(limits.stuckMember))
                or (attempt.submitted_at < now() - most.running
                    and start.at < now() - most.running))
        order by lab_job.id limit \(limit)
        """
    }
}

/// A lab job that is beyond a limit.
private struct OverdueLabJob: Decodable {
    let id: Int
    let attempt: UUID
    let job: Int
    let number: Int
    let subID: String?
    let role: String?
    let labState: String?
    let hasStarted: Bool
    let queuedSeconds: Double
    let runningSeconds: Double?
    let endedMember: String?
    let secondsSinceEnded: Double?
    let isWatched: Bool
    /// Its own limits.
    let queuedLimitSeconds: Int?
    let runningLimitSeconds: Int?

    /// Which limit, which lab job, and for how long.
    func reason(backend: String, limits: LabJobLimits) -> String {
        if hasStarted, let runningSeconds {
            return "lab job \(number) was running for \(Self.whole(runningSeconds)) s; "
                + Self.limit(own: runningLimitSeconds, limits.running, of: backend)
        }
        if let limit = limits.stuckMember, let endedMember, let secondsSinceEnded, secondsSinceEnded >= limit.seconds {
            let part = role.map { " (role \($0))" } ?? ""
            return "member \(subID ?? "\(number)")\(part) never left \(labState ?? "the queue"), "
                + "\(Self.whole(secondsSinceEnded)) s after \(endedMember) had ended"
        }
        return "lab job \(number) was queued for \(Self.whole(queuedSeconds)) s; "
            + Self.limit(own: queuedLimitSeconds, limits.queued, of: backend)
    }

    /// The shorter of two limits, in words.
    private static func limit(own: Int?, _ usual: Duration?, of backend: String) -> String {
        if let own, usual.map({ .seconds(own) < $0 }) ?? true { return "the limit of the job is \(own) s" }
        return "the limit of \(backend) is \(usual?.components.seconds ?? 0) s"
    }

    private static func whole(_ seconds: Double) -> Int { Int(max(0, min(seconds, 1e12))) }
}
