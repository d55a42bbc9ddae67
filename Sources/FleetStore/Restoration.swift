// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// What the database says of a lab job by its tag.
package enum TaggedAttempt: Sendable, Equatable {
    /// It is an attempt that was submitted, as far as the database knows.
    case known
    /// It belongs to a job that has not begun it, as far as the database knows.
    case ahead(AttemptAhead)
    /// Nothing here has that tag or would get it: its jobset was accepted later, or is gone.
    case unknown
}

/// An attempt that is not submitted, as far as the database knows.
package struct AttemptAhead: Sendable, Equatable {
    package let job: Int
    package let jobset: UUID
}

/// What was prepared for a start after a restore.
package struct LookFirst: Sendable, Equatable, Codable {
    /// How many jobs wait, for each of which its lab is asked.
    package let waitingJobs: Int
    /// Until when new attempts are looked for before they are sent.
    package let until: Date
}

extension FleetStore {
    /// The id of an attempt, of the tables `job` and `job_definition`.
    ///
    /// It follows from what the job is. So a job that waits again, because the database was restored to an earlier time,
    /// gets the id under which its lab has it already. What has another definition has another id: in a jobset that is open,
    /// a place may be another job's after a restore.
    ///
    /// - Parameter number: The attempt's own number, as SQL.
    static func attemptID(number: String) -> String {
        """
        overlay(overlay(left(encode(sha256(convert_to(
            (select seed from fleet) || ' ' || job.jobset_id || ' ' || job.position || ' ' || \(number) || ' ' || job.backend || ' '
            || job_definition.definition, 'UTF8'
        )), 'hex'), 32) placing '8' from 13) placing '8' from 17)::uuid
        """
    }

    /// The number of a job's next attempt, as SQL.
    static let nextAttemptNumber = """
        (coalesce((select max(number) from attempt as earlier where earlier.job_id = job.id), 0) + 1)
        """

    /// What the database says of lab jobs that have these tags.
    ///
    /// - Parameter ahead: The attempts that would be begun next, of ``attemptsAhead(in:)``.
    package func attempts(
        tagged tags: [UUID],
        ahead: [UUID: AttemptAhead]
    ) async throws -> [UUID: TaggedAttempt] {
        var found = Dictionary(tags.map { ($0, TaggedAttempt.unknown) }, uniquingKeysWith: { first, _ in first })
        for tag in tags { if let owner = ahead[tag] { found[tag] = .ahead(owner) } }
        let known = try await query(
            """
            select attempt.id, attempt.state = 'submitting', job.id, job.jobset_id
            from attempt join job on job.id = attempt.job_id where attempt.id = any(\(tags))
            """
        ).map { try $0.decode(UUID.self, Bool.self, Int.self, UUID.self) }
        for (id, isAhead, job, jobset) in known {
            found[id] = isAhead ? .ahead(AttemptAhead(job: job, jobset: jobset)) : .known
        }
        return found
    }

    /// The attempts that jobs of a lab would begin next: of running jobsets, and of those that have finished since a
    /// week before the database's time, which somebody may have retried.
    ///
    /// A job that is in its lab here may have failed there since, and its next attempt may be in the lab as well. So a few
    /// attempts of each job are among them, more of those that may be tried more often.
    ///
    /// - Parameter restoredTo: The time to which the database was restored.
    package func attemptsAhead(in backend: String, restoredTo: Date) async throws -> [UUID: AttemptAhead] {
        let rows = try await query(
            """
            select \(unsafeSQL: Self.attemptID(number: "next.number")), job.id, job.jobset_id
            from job join job_definition using (jobset_id, position)
                join jobset on jobset.id = job.jobset_id
                cross join lateral (
                    select coalesce(max(attempt.number), 0) as last from attempt where attempt.job_id = job.id
                ) begun
                cross join lateral generate_series(
                    begun.last + 1, begun.last + 2 + least(coalesce(job.retries, jobset.retries), 5)
                ) as next(number)
            where job.backend = \(backend)
                and (jobset.state = 'running' or jobset.finished_at > \(restoredTo) - interval '7 days')
            """
        ).map { try $0.decode(UUID.self, Int.self, UUID.self) }
        return Dictionary(
            rows.map { ($0, AttemptAhead(job: $1, jobset: $2)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Has submitters ask the labs for every attempt before they send it: of jobs that wait now, and of those that are
    /// begun in the time that follows, such as retries and jobsets that are published once more.
    ///
    /// - Parameters:
    ///   - restoredTo: The time to which the database was restored. Labs are searched from a little before it.
    ///   - duration: How long that time is.
    package func lookFirst(restoredTo: Date, for duration: Duration) async throws -> LookFirst {
        try await transaction { sql in
            let until = try sql.query(
                """
                update fleet set restored_to = \(restoredTo), look_first_until = now() + \(duration)
                returning look_first_until
                """
            ).one().decode(Date.self)
            // What was let go without a doubt may have been sent after that.
            try sql.execute(
                """
                update attempt set doubtful_since = now() - interval '1 day'
                where state = 'submitting' and doubtful_since is null
                """
            )
            let waiting = try sql.query("select count(*) from job where state = 'waiting'").one().decode(Int.self)
            return LookFirst(waitingJobs: waiting, until: until)
        }
    }
}
