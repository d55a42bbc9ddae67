// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What was seen of a lab job: in the lab's own list, or in an event, which is a hint to be confirmed by what the lab says
/// when it is asked.
package struct LabJobObservation: Sendable, Equatable {
    /// The lab's own number.
    package let number: Int
    /// The attempt that its definition is tagged with; `nil` where the tag was lost, and in an event, which has none.
    package let tag: UUID?
    /// The lab's state, such as `Running`.
    package let labState: String
    /// The lab's health of a job that has finished: `Complete`, `Incomplete` or `Canceled`.
    package let health: String
    /// The board it runs on.
    package let device: String?
    /// The kind of board that it asked for; an event does not say.
    package let deviceType: String?
    /// By the lab's clock, as the next two.
    package let submitTime: Date?
    /// `nil` when it has not started.
    package let startTime: Date?
    package let endTime: Date?
    /// The page of the job, where the lab names one.
    package let url: String?

    package init(
        number: Int,
        tag: UUID? = nil,
        labState: String = "Finished",
        health: String,
        device: String?,
        deviceType: String? = nil,
        submitTime: Date?,
        startTime: Date?,
        endTime: Date?,
        url: String? = nil
    ) {
        self.number = number
        self.tag = tag
        self.labState = labState
        self.health = health
        self.device = device
        self.deviceType = deviceType
        self.submitTime = submitTime
        self.startTime = startTime
        self.endTime = endTime
        self.url = url
    }
}

/// A lab job of ours that was not known to have finished.
package struct FinishedLabJob: Sendable, Hashable, Decodable {
    /// Its row.
    package let id: Int
    /// LAVA's own number.
    package let number: Int
}

/// A lab job of ours that a lab still has, as far as we know.
package struct OutstandingLabJob: Sendable, Hashable, Decodable {
    /// Its row.
    package let id: Int
    /// LAVA's own number.
    package let number: Int
    /// The attempt that its definition is tagged with.
    package let attempt: UUID
    /// Whether it is a member of a multinode group, whose tag LAVA may have lost.
    package let isMember: Bool
    /// Whether somebody else has submitted it, so that another tag than ours is no surprise.
    package let isWatched: Bool

    /// Whether a job that the lab knows under this number, with this tag, is this one. Of one that is watched it may
    /// still be another project's: ``FleetStore/othersJobs(among:)`` says so.
    package func isTagged(_ tag: UUID?) -> Bool { isWatched || tag == attempt || (tag == nil && isMember) }
}

extension FleetStore {
    /// Notes which lab jobs have finished.
    ///
    /// - Returns: those that were not known to have finished: their results are to be fetched.
    package func observeFinished(
        _ observations: [LabJobObservation],
        backend: String
    ) async throws -> [FinishedLabJob] {
        guard !observations.isEmpty else { return [] }
        let seen = observations.sorted { $0.number < $1.number }
        let rows = try await query(
            """
            update lab_job set state = 'finished', lab_state = 'Finished', is_confirmed = true,
                health = seen.health, device = seen.device, device_type = seen.device_type,
                submit_time = seen.submit_time, start_time = seen.start_time, end_time = seen.end_time,
                url = seen.url, announced_at = now(), checked_at = now(), fetch_due_at = null, fetch_tries = 0
            from unnest(
                \(seen.map(\.number)), \(seen.map(\.tag)), \(seen.map(\.health)), \(seen.map(\.device)),
                \(seen.map(\.deviceType)), \(seen.map(\.submitTime)), \(seen.map(\.startTime)), \(seen.map(\.endTime)), \(seen.map(\.url))
            ) as seen (number, tag, health, device, device_type, submit_time, start_time, end_time, url)
            where lab_job.backend = \(backend) and lab_job.number = seen.number and lab_job.state = 'submitted'
                -- A lab that was set up anew counts from 1 again: a job without our tag is not ours. Only members of
                -- multinode groups may have lost it, which is LAVA's own race.
                and (seen.tag = lab_job.attempt_id or (seen.tag is null and lab_job.sub_id is not null)
                    or (is_watched and not \(unsafeSQL: Self.isOthers)))
            returning lab_job.id, lab_job.number
            """,
            idempotent: false
        )
        return try rows.decode(FinishedLabJob.self)
    }

    /// Lab jobs that were last looked at longer ago than `age`, oldest first; they count as looked at from now.
    ///
    /// - Parameter grace: Those that the lab did not know when it was last asked are taken again after so long.
    package func takeOutstanding(
        backend: String,
        age: Duration,
        grace: Duration? = nil,
        limit: Int
    ) async throws -> [OutstandingLabJob] {
        let rows = try await query(
            """
            update lab_job set checked_at = now() where id in (
                select lab_job.id from lab_job join attempt on attempt.id = lab_job.attempt_id
                where lab_job.backend = \(backend) and lab_job.state = 'submitted' and attempt.state = 'submitted'
                    and (checked_at < now() - \(age)
                        or (missing_since < now() - \(grace)
                            and checked_at < now() - \(grace)))
                order by checked_at, lab_job.id limit \(limit) for no key update of lab_job skip locked
            )
            returning id, number, attempt_id as attempt, sub_id is not null as is_member, is_watched
            """,
            idempotent: false
        )
        return try rows.decode(OutstandingLabJob.self)
    }

    /// Takes back that lab jobs were looked at: the lab could not be asked.
    package func returnOutstanding(_ labJobs: [OutstandingLabJob]) async throws {
        try await execute(
            "update lab_job set checked_at = '-infinity' where id = any(\(labJobs.map(\.id).sorted()))"
        )
    }

    /// Notes which outstanding lab jobs the lab no longer knows, and ends the jobs of those that it did not know
    /// `grace` ago either. One answer without a job is no proof: a lab in trouble gives such answers.
    ///
    /// - Parameters:
    ///   - missing: rows that the lab does not know.
    ///   - present: rows that it does.
    /// - Returns: the jobsets finished by this very call.
    package func recordMissing(_ missing: [Int], present: [Int], grace: Duration) async throws -> Unannounced<Void> {
        guard !missing.isEmpty || !present.isEmpty else { return Unannounced(finished: []) }
        return try await transaction { sql in
            let known = present.sorted()
            let unknown = missing.sorted()
            // In the order in which everybody locks.
            try sql.execute(
                "select id from lab_job where id = any(\((known + unknown).sorted())) order by id for no key update"
            )
            try sql.execute(
                "update lab_job set missing_since = null where id = any(\(known)) and missing_since is not null"
            )
            try sql.execute(
                "update lab_job set missing_since = now() where id = any(\(unknown)) and missing_since is null"
            )
            try sql.lockJobsets(ofLabJobs: unknown)
            // Only of an attempt that its job waits for: what is lost of an earlier one says nothing of a later one.
            let rows = try sql.query(
                """
                select attempt.job_id, lab_job.number, is_watched
                from lab_job join attempt on attempt.id = lab_job.attempt_id
                where lab_job.id = any(\(unknown)) and lab_job.state = 'submitted' and attempt.state = 'submitted'
                    and missing_since < now() - \(grace)
                """
            )
            let ends = try rows.map { row in
                let (job, number, isWatched) = try row.decode(Int.self, Int.self, Bool.self)
                let words =
                    isWatched
                    ? "the lab has no job \(number) that this project may watch"
                    : "the lab no longer knows its job \(number)"
                return JobEnd(jobID: job, outcome: .lost, reason: words)
            }
            return Unannounced(finished: ends.isEmpty ? [] : try sql.finishJobs(ends))
        }
    }

    /// Notes what the lab itself says of a lab job of which so far only an event had told that it finished.
    ///
    /// - Returns: whether it is ours: a lab that was set up anew gives its numbers to others.
    package func confirmFinish(ofLabJob id: Int, _ observation: LabJobObservation) async throws -> Bool {
        let rows = try await query(
            """
            update lab_job set is_confirmed = true, health = \(observation.health),
                device = coalesce(\(observation.device), device),
                device_type = coalesce(\(observation.deviceType), device_type),
                submit_time = coalesce(seen.submit_time, lab_job.submit_time),
                start_time = \(observation.startTime), end_time = \(observation.endTime), url = \(observation.url)
            from (select \(observation.tag)::uuid as tag, \(observation.submitTime)::timestamptz as submit_time) as seen
            where id = \(id) and state <> 'submitted' and number = \(observation.number)
                and (seen.tag = attempt_id or (seen.tag is null and sub_id is not null)
                    or (is_watched and not \(unsafeSQL: Self.isOthers)))
            returning id
            """
        )
        return !rows.isEmpty
    }

    /// Takes back that a lab job has finished: an event told so, and the lab denies it. It is asked for by number
    /// soon, and what was stored of its results is dropped.
    package func unobserveFinish(ofLabJob id: Int) async throws {
        try await transaction { sql in
            let rows = try sql.query(
                """
                update lab_job set state = 'submitted', lab_state = null, health = null, end_time = null,
                    is_confirmed = true, announced_at = null, checked_at = '-infinity',
                    fetch_due_at = null, fetch_tries = 0,
                    -- Canceled in the moment of its start, LAVA tells its end and then runs it: it is to be told again.
                    cancel_due_at = case when cancel_tries > 0 then now() end
                where id = \(id) and state = 'finished' and not is_confirmed
                returning id
                """
            )
            guard !rows.isEmpty else { return }
            try sql.execute("delete from result where lab_job_id = \(id)")
        }
    }
}

/// How a lab job that has not finished was found when its lab was asked for it by number.
package struct LabJobLook: Sendable, Equatable {
    /// Its row.
    package let id: Int
    /// LAVA's state, such as `Running`.
    package let labState: String
    /// LAVA's role of a member of a multinode group.
    package let role: String?
    /// By the lab's clock.
    package let submitTime: Date?
    /// By the lab's clock; `nil` when it has not started.
    package let startTime: Date?

    /// A look as given.
    package init(id: Int, labState: String, role: String?, submitTime: Date?, startTime: Date?) {
        self.id = id
        self.labState = labState
        self.role = role
        self.submitTime = submitTime
        self.startTime = startTime
    }
}

extension FleetStore {
    /// Notes how lab jobs were found. Unlike an event's word this is the lab's own, so what it does not say any more
    /// is taken back.
    package func recordLooks(_ looks: [LabJobLook]) async throws {
        guard !looks.isEmpty else { return }
        let looks = looks.sorted { $0.id < $1.id }
        try await execute(
            """
            update lab_job set lab_state = seen.lab_state, role = coalesce(seen.role, lab_job.role),
                submit_time = coalesce(seen.submit_time, lab_job.submit_time), start_time = seen.start_time
            from unnest(
                \(looks.map(\.id)), \(looks.map(\.labState)), \(looks.map(\.role)),
                \(looks.map(\.submitTime)), \(looks.map(\.startTime))
            ) as seen (id, lab_state, role, submit_time, start_time)
            where lab_job.id = seen.id and lab_job.state = 'submitted'
            """
        )
    }
}
