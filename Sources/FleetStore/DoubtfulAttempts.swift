// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

/// An attempt whose lab is to be asked once more for what it made of it.
package struct DoubtfulAttempt: Sendable, Equatable {
    /// The attempt; its tag in the lab.
    package let id: UUID
    /// When the first submitter took it up; no lab job of it can be older, but for the clocks' difference.
    package let createdAt: Date
    /// How long after that its last request was over that was in doubt.
    package let doubt: Duration
    /// Its lab jobs as they are known.
    package let labJobs: [SubmittedLabJob]
    /// How many members its group has, if the lab does not show them all.
    package let groupSize: Int?
    /// The number of LAVA's behind which this look goes on, where the one before it did not take all.
    package let lookedPast: Int?
    /// How many looks in a row have failed, this one included.
    let looks: Int
}

/// What was taken to be looked for.
package struct DoubtfulAttempts: Sendable, Equatable {
    /// Attempts that the lab is to be asked for now.
    package let attempts: [DoubtfulAttempt]
    /// Attempts that the lab did not tell of for too long: they are not looked for any more. Jobs that have ended without
    /// anybody knowing whether the lab has them say so from then on.
    package let givenUp: [UUID]
}

/// What a look has brought.
package struct LookOutcome: Sendable, Equatable {
    /// LAVA's numbers of the surplus that was not known before.
    package let surplus: [Int]
    /// A lab job to be announced again, of an attempt that has waited for nothing but this look.
    package let uncounted: Int?
    /// Whether the lab has more of the attempt than is recorded of any (``FleetStore/maximumSurplus``).
    package let isBeyondBounds: Bool
}

extension FleetStore {
    /// The most surplus lab jobs that are recorded of one attempt. A lab makes one or two; one that shows more than these
    /// is none that a list of them would help with.
    package static let maximumSurplus = 10_000

    /// Takes attempts of a lab whose next look is due. They come again after a pause that grows, unless
    /// ``recordLook(for:groups:moreAfter:terms:)`` or ``returnLooks(_:)`` is called.
    ///
    /// - Parameter limit: The most that are taken; with 0 only those are given up whose time is over.
    package func takeDoubtful(backend: String, limit: Int, terms: DoubtTerms) async throws -> DoubtfulAttempts {
        let givenUp = try await giveUpLooks(backend: backend, terms: terms)
        guard limit > 0 else { return DoubtfulAttempts(attempts: [], givenUp: givenUp) }
        let rows = try await query(
            """
            update attempt set looks = looks + 1, look_due_at =
                now() + make_interval(secs => least(600, 5 * power(2, least(looks, 10))) * (0.8 + 0.2 * random()))
            where id in (
                select id from attempt where backend = \(backend) and look_due_at <= now()
                order by look_due_at, id limit \(limit) for no key update skip locked
            )
            returning id, created_at, coalesce(extract(epoch from doubted_at - created_at), 0)::float8,
                group_size, looked_past, looks
            """,
            idempotent: false
        ).map { try $0.decode(UUID.self, Date.self, Double.self, Int?.self, Int?.self, Int.self) }
        let labJobs = try await labJobs(ofAttempts: rows.map(\.0))
        let attempts = rows.map { id, createdAt, doubt, groupSize, lookedPast, looks in
            DoubtfulAttempt(
                id: id,
                createdAt: createdAt,
                doubt: .seconds(max(0, doubt)),
                labJobs: labJobs[id] ?? [],
                groupSize: groupSize,
                lookedPast: lookedPast,
                looks: looks
            )
        }
        return DoubtfulAttempts(attempts: attempts, givenUp: givenUp)
    }

    /// Gives back attempts that the lab was not asked for after all.
    package func returnLooks(_ attempts: [DoubtfulAttempt]) async throws {
        try await execute(
            """
            update attempt set look_due_at = now(), looks = greatest(0, attempt.looks - 1)
            from unnest(\(attempts.map(\.id)), \(attempts.map(\.looks))) as taken (id, looks)
            where attempt.id = taken.id and attempt.looks = taken.looks
            """
        )
    }

    /// Ends the search for attempts of which a lab has not told for too long.
    private func giveUpLooks(backend: String, terms: DoubtTerms) async throws -> [UUID] {
        let limit = terms.secondLook + terms.giveUpAfter
        return try await transaction { sql in
            let old = try sql.query(
                """
                select id, job_id from attempt where backend = \(backend) and look_due_at <= now()
                    and coalesce(greatest(doubted_at, submitted_at, ended_at) <= now() - \(limit), true)
                order by look_due_at, id limit 1000
                """
            ).map { try $0.decode(UUID.self, Int.self) }
            guard !old.isEmpty else { return [] }
            let jobs = old.map(\.1).sorted()
            try sql.execute("select id from job where id = any(\(jobs)) order by id for no key update")
            let ids = try sql.query(
                """
                update attempt set look_due_at = null, looked_past = null, looks = 0
                where id = any(\(old.map(\.0))) and look_due_at <= now() returning id
                """
            ).map { try $0.decode(UUID.self) }
            try sql.noteUnknownEnds(of: ids, in: backend)
            return ids
        }
    }

    private func labJobs(ofAttempts ids: [UUID]) async throws -> [UUID: [SubmittedLabJob]] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await query(
            "select attempt_id, number, sub_id, role from lab_job where attempt_id = any(\(ids)) order by number"
        ).map { try $0.decode(UUID.self, Int.self, String?.self, String?.self) }
        return Dictionary(grouping: rows, by: \.0).mapValues { rows in
            rows.map { SubmittedLabJob(number: $0.1, subID: $0.2, role: $0.3) }
        }
    }

    /// Stores what a look has found, as ``recordSubmission(attempt:groups:isAdopted:moreAfter:terms:)`` does, and when the
    /// next is due.
    ///
    /// An attempt is looked for when it ends and ``DoubtTerms/secondLook`` after its last doubt. One that has ended
    /// without anybody knowing whether the lab has it is looked for in between as well, ever more seldom; and one whose
    /// group the lab does not show whole, until it does. Where a look has not taken all, the next goes on soon.
    ///
    /// - Parameter moreAfter: The number of LAVA's behind which the lab has more of it.
    package func recordLook(
        for attempt: DoubtfulAttempt,
        groups: [SubmittedGroup],
        moreAfter: Int? = nil,
        terms: DoubtTerms
    ) async throws -> LookOutcome {
        if attempt.groupSize != nil { try await recordRoles(groups.flatMap(\.labJobs), of: attempt.id) }
        return try await transaction { sql in
            let surplus =
                groups.isEmpty
                ? []
                : try sql.record([Submission(attempt: attempt.id, groups: groups, isAdopted: true)], terms: terms)[0]
            let isBeyondBounds = try moreAfter != nil && sql.hasMaximumSurplus(attempt.id)
            try sql.scheduleLook(after: attempt, moreAfter: isBeyondBounds ? nil : moreAfter, terms: terms)
            return LookOutcome(
                surplus: surplus,
                uncounted: try sql.uncountedLabJob(of: attempt.id),
                isBeyondBounds: isBeyondBounds
            )
        }
    }

    /// Of a member that was not looked at nothing but its number was known. Apart from the rest, for lab jobs are locked
    /// before everything else.
    private func recordRoles(_ members: [SubmittedLabJob], of attempt: UUID) async throws {
        let known = members.filter { $0.role != nil }.sorted { $0.number < $1.number }
        guard !known.isEmpty else { return }
        try await execute(
            """
            update lab_job set role = seen.role
            from unnest(\(known.map(\.number)), \(known.map(\.role))) as seen (number, role)
            where attempt_id = \(attempt) and lab_job.number = seen.number and lab_job.role is null
            """
        )
    }
}

extension PostgresTransaction {
    /// Left as it is if the attempt has ended since the look began: it is due again then.
    fileprivate func scheduleLook(after attempt: DoubtfulAttempt, moreAfter: Int?, terms: DoubtTerms) throws {
        try execute(
            """
            update attempt set looks = 0, looked_past = \(moreAfter), look_due_at = case
                when \(moreAfter)::bigint is not null then now() + interval '1 s'
                when state = 'submitted' and group_size > known.number and now() < group_due_at then
                    least(group_due_at, now() + make_interval(
                        secs => least(60, greatest(1, extract(epoch from now() - submitted_at)))
                    ))
                when coalesce(now() >= doubted_at + \(terms.secondLook), true) then null
                when state = 'ended' and known.number = 0 then least(
                    doubted_at + \(terms.secondLook),
                    doubted_at + greatest(\(terms.settle), 2 * (now() - doubted_at))
                )
                else doubted_at + \(terms.secondLook)
            end
            from (select count(*) as number from lab_job where attempt_id = \(attempt.id)) as known
            where id = \(attempt.id) and looks = \(attempt.looks)
            """
        )
    }

    fileprivate func hasMaximumSurplus(_ attempt: UUID) throws -> Bool {
        try !query(
            """
            select from surplus_lab_job where attempt_id = \(attempt) offset \(FleetStore.maximumSurplus - 1) limit 1
            """
        ).isEmpty
    }

    /// Of attempts that ended without anybody knowing whether their lab has them, it is said where they may run.
    fileprivate func noteUnknownEnds(of attempts: [UUID], in backend: String) throws {
        let notes = attempts.map { Self.mayRun($0, in: backend) }
        try execute(
            """
            with noted as (
                update attempt set reason = concat_ws('; ', reason, unknown.note)
                from unnest(\(attempts), \(notes)) as unknown (id, note)
                where attempt.id = unknown.id and state = 'ended'
                    and not exists (select from lab_job where attempt_id = attempt.id)
                    and coalesce(position(unknown.note in reason), 0) = 0
                returning job_id, generation, unknown.note
            )
            update job set reason = concat_ws('; ', reason, noted.note)
            from noted where job.id = noted.job_id and job.generation = noted.generation and state = 'finished'
            """
        )
    }

    fileprivate func uncountedLabJob(of attempt: UUID) throws -> Int? {
        try query(
            """
            select min(lab_job.id) from lab_job join attempt on attempt.id = lab_job.attempt_id
            where attempt.id = \(attempt) and attempt.state = 'submitted' and attempt.group_size is not null
            group by attempt.id
            having bool_and(lab_job.state = 'fetched') and \(unsafeSQL: Self.isGroupComplete("count(*)"))
            """
        ).first?.decode(Int.self)
    }

    /// Whether the members of an attempt's group are all known, or were waited for long enough; `attempt` is in scope.
    ///
    /// A lab that is away shows nothing and hides nothing: the wait ends with a look that the lab answered when it was
    /// over (``scheduleLook(after:moreAfter:terms:)`` leaves none due then), or when looks are given up.
    static func isGroupComplete(_ members: String) -> String {
        """
        coalesce(\(members) >= attempt.group_size
            or (attempt.group_due_at <= now() and attempt.look_due_at is null), true)
        """
    }

    /// What the end of an attempt says of requests that may still be carried out: its lab is asked for it from now on.
    /// The lease of one that is on its way bounds when it is over.
    static let endOfDoubt = """
        doubted_at = case when attempt.state = 'submitting' and doubtful_since is not null
            then greatest(doubted_at, doubtful_since, claimed_until) else doubted_at end,
        look_due_at = case when doubted_at is not null
            or (attempt.state = 'submitting' and doubtful_since is not null) then now() end,
        looks = 0
        """
}

/// How long a request whose answer was lost may still be carried out, and what becomes of what it makes.
package struct DoubtTerms: Sendable, Equatable {
    /// How long after such a request nothing is sent again, and nothing concluded from the lab's not having it.
    package let settle: Duration
    /// How long after such a request its attempt is looked for once more; never shorter than ``settle``. For as long
    /// the members of a group are waited for that the lab does not show.
    package let secondLook: Duration
    /// Whether a lab is told to cancel what is found of an attempt that its jobset's deadline has ended.
    package let cancelsExpired: Bool
    /// How long a lab may keep its answer to a look before that is given up.
    package let giveUpAfter: Duration

    package init(settle: Duration, secondLook: Duration, cancelsExpired: Bool, giveUpAfter: Duration) {
        self.settle = settle
        self.secondLook = max(secondLook, settle)
        self.cancelsExpired = cancelsExpired
        self.giveUpAfter = giveUpAfter
    }
}

extension PostgresTransaction {
    /// What is said of an attempt that its lab may have and was never seen to have.
    static func mayRun(_ attempt: UUID, in backend: String) -> String {
        let comment = "# muster: \(attempt.text)"
        return "it may run in \(backend) all the same: its definition there begins with \"\(comment)\""
    }
}
