// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

/// What became of an attempt in its lab.
package struct Submission: Sendable {
    package let attempt: UUID
    /// What the lab has of it, in the order of preference.
    package let groups: [SubmittedGroup]
    /// Whether that was found in the lab, and may have ended before any poll would look: it is asked for by number at
    /// once.
    let isAdopted: Bool

    /// What the lab has just made of `attempt`.
    package init(attempt: UUID, groups: [SubmittedGroup]) {
        self.init(attempt: attempt, groups: groups, isAdopted: false)
    }

    init(attempt: UUID, groups: [SubmittedGroup], isAdopted: Bool) {
        self.attempt = attempt
        self.groups = groups
        self.isAdopted = isAdopted
    }
}

extension FleetStore {
    /// Stores what became of attempts in their lab: many of them, one transaction. A repeat changes nothing.
    ///
    /// The first group is the attempt's, unless it has lab jobs already: then the one that these belong to is. Whatever
    /// is beside it is surplus, since only one request was meant to be carried out: it is canceled in the lab and is
    /// part of nothing else.
    ///
    /// What comes of an attempt that has ended meanwhile is canceled in the lab as well.
    ///
    /// - Returns: LAVA's numbers of the surplus that was not known before, of each in their order.
    package func recordSubmissions(_ submissions: [Submission], terms: DoubtTerms) async throws -> [[Int]] {
        try await transaction { sql in try sql.record(submissions, terms: terms) }
    }

    /// Stores what became of one attempt, as ``recordSubmissions(_:terms:)`` does.
    ///
    /// - Parameters:
    ///   - groups: What the lab has, in the order of preference.
    ///   - isAdopted: They were found in the lab, and may have ended before any poll would look: they are asked for by
    ///     number at once.
    ///   - moreAfter: The lab has more than these, behind this number of LAVA's: it is looked at once more, at once.
    /// - Returns: LAVA's numbers of the surplus that was not known before; `nil`, and nothing is stored, when what was
    ///   found has become another attempt's meanwhile.
    @discardableResult
    package func recordSubmission(
        attempt: UUID,
        groups: [SubmittedGroup],
        isAdopted: Bool = false,
        moreAfter: Int? = nil,
        terms: DoubtTerms
    ) async throws -> [Int]? {
        try await transaction { sql in
            let numbers = groups.flatMap { $0.labJobs.map(\.number) }
            if isAdopted, try sql.isOwned(numbers, byOthersThan: attempt) { return nil }
            let submission = Submission(attempt: attempt, groups: groups, isAdopted: isAdopted)
            let surplus = try sql.record([submission], terms: terms)[0]
            if let moreAfter { try sql.lookOn(attempt, after: moreAfter) }
            return surplus
        }
    }

    /// Which of a lab's numbers belong to other open attempts than this one: those are not for it to adopt.
    package func ownedNumbers(among numbers: Set<Int>, byOthersThan attempt: UUID) async throws -> Set<Int> {
        Set(
            try await query(
                """
                select distinct lab_job.number from attempt as own
                    join (
                        select backend, number, attempt_id from lab_job
                        union all
                        select backend, number, attempt_id from surplus_lab_job
                    ) as lab_job on lab_job.backend = own.backend and lab_job.number = any(\(numbers.sorted()))
                    join attempt on attempt.id = lab_job.attempt_id
                where own.id = \(attempt) and attempt.id <> own.id
                    -- A lab that was set up anew has given out its numbers again.
                    and (attempt.state <> 'ended' or attempt.ended_at > own.created_at)
                """
            ).decode(Int.self)
        )
    }
}

/// What is to be written of a submission, seen what was known of its attempt.
private struct Recording {
    let attempt: UUID
    /// What the attempt has, if anything.
    let own: SubmittedGroup?
    /// Whether every member of that is known.
    let isWhole: Bool
    /// Whether the lab was looked at for it just now.
    let isLookedAt: Bool
    let surplus: [SubmittedLabJob]

    init(_ submission: Submission, known: Set<Int>) {
        attempt = submission.attempt
        let groups = submission.groups
        let own = known.isEmpty ? groups.first : groups.first { $0.contains(anyOf: known) }
        self.own = own
        isWhole = own.map { known.union($0.labJobs.map(\.number)).count >= $0.size } ?? true
        // What is known of a member that was not looked at is its number alone.
        isLookedAt = isWhole && !submission.isAdopted
        surplus = groups.filter { $0 != own && !$0.contains(anyOf: known) }.flatMap(\.labJobs)
    }
}

extension PostgresTransaction {
    /// - Returns: LAVA's numbers of the surplus that was not known before, of each in their order.
    func record(_ submissions: [Submission], terms: DoubtTerms) throws -> [[Int]] {
        var surplus = [[Int]](repeating: [], count: submissions.count)
        // What is said twice of an attempt is recorded one after the other.
        var rest = Array(submissions.enumerated())
        while !rest.isEmpty {
            var attempts: Set<UUID> = []
            let isFirst = rest.map { attempts.insert($0.element.attempt).inserted }
            let turn = zip(rest, isFirst).filter(\.1).map(\.0)
            rest = zip(rest, isFirst).filter { !$0.1 }.map(\.0)
            for ((index, _), found) in zip(turn, try recordApart(turn.map(\.element), terms: terms)) {
                surplus[index] = found
            }
        }
        return surplus
    }

    /// - Parameter submissions: Each of another attempt.
    private func recordApart(_ submissions: [Submission], terms: DoubtTerms) throws -> [[Int]] {
        let attempts = submissions.map(\.attempt)
        // The jobs' rows first: that is the order in which everybody locks.
        try execute(
            """
            select id from job where id in (select job_id from attempt where id = any(\(attempts)))
            order by id for no key update
            """
        )
        let known = Dictionary(
            grouping: try query("select attempt_id, number from lab_job where attempt_id = any(\(attempts))")
                .map { try $0.decode(UUID.self, Int.self) },
            by: \.0
        ).mapValues { Set($0.map(\.1)) }
        let recordings = submissions.map { Recording($0, known: known[$0.attempt] ?? []) }
        let found = recordings.filter { $0.own != nil }
        if !found.isEmpty {
            try markSubmitted(found.map(\.attempt), terms: terms)
            try insert(found, terms: terms)
        }
        for recording in found where !recording.isWhole {
            try awaitMembers(of: recording.attempt, size: recording.own?.size ?? 0, terms: terms)
        }
        return try recordings.map { try insertSurplus($0.surplus, of: $0.attempt) }
    }

    private func markSubmitted(_ attempts: [UUID], terms: DoubtTerms) throws {
        // What comes late, of an attempt that has ended meanwhile, is nothing to its job: it may wait for another.
        try execute(
            """
            with submitted as (
                update job set state = 'submitted', resume_at = null
                from attempt where attempt.id = any(\(attempts)) and attempt.state = 'submitting'
                    and job.id = attempt.job_id and job.state = 'waiting'
            )
            update attempt set state = 'submitted', submitted_at = now(), claimed_by = null,
                claimed_until = null, doubtful_since = null, last_error = null,
                look_due_at = doubted_at + \(terms.secondLook), looks = 0
            where id = any(\(attempts)) and state = 'submitting'
            """
        )
    }

    private func insert(_ recordings: [Recording], terms: DoubtTerms) throws {
        let labJobs = recordings.flatMap { recording in
            (recording.own?.labJobs ?? []).map { (recording.attempt, $0, recording.isLookedAt) }
        }
        try execute(
            """
            insert into lab_job (attempt_id, backend, number, sub_id, role, checked_at, cancel_due_at,
                queued_limit_seconds, running_limit_seconds)
            select attempt.id, attempt.backend, lab.number, lab.sub_id, lab.role,
                case when lab.is_looked_at then now() else '-infinity' end,
                case
                    -- Ended while it was on its way: nobody waits for it.
                    when attempt.state = 'ended' then
                        case when attempt.outcome is distinct from 'expired' or \(terms.cancelsExpired) then now() end
                    when job.cancel_requested_at is not null then now()
                end,
                (job.timeout ->> 'queued')::integer, (job.timeout ->> 'running')::integer
            from unnest(
                \(labJobs.map(\.0)), \(labJobs.map(\.1.number)), \(labJobs.map(\.1.subID)),
                \(labJobs.map(\.1.role)), \(labJobs.map(\.2))
            ) with ordinality as lab (attempt_id, number, sub_id, role, is_looked_at, place)
                join attempt on attempt.id = lab.attempt_id join job on job.id = attempt.job_id
            order by lab.place
            on conflict (attempt_id, number) do nothing
            """
        )
    }

    /// The lab has made more members than it shows: the watcher asks for them, and the attempt does not end before they
    /// are there or have been waited for long enough.
    private func awaitMembers(of attempt: UUID, size: Int, terms: DoubtTerms) throws {
        try execute(
            """
            update attempt set group_size = \(size),
                group_due_at = now() + \(terms.secondLook),
                look_due_at = now() + interval '1 s', looks = 0
            where id = \(attempt) and state = 'submitted' and group_size is null
            """
        )
    }

    fileprivate func lookOn(_ attempt: UUID, after number: Int) throws {
        try execute("update attempt set looked_past = \(number), look_due_at = now(), looks = 0 where id = \(attempt)")
    }

    private func insertSurplus(_ surplus: [SubmittedLabJob], of attempt: UUID) throws -> [Int] {
        guard !surplus.isEmpty else { return [] }
        let rows = try query(
            """
            insert into surplus_lab_job (attempt_id, backend, number, sub_id)
            select attempt.id, attempt.backend, lab.number, lab.sub_id
            from attempt, unnest(\(surplus.map(\.number)), \(surplus.map(\.subID))) as lab (number, sub_id)
            where attempt.id = \(attempt)
            on conflict (attempt_id, number) do nothing
            returning number
            """
        )
        return try rows.decode(Int.self).sorted()
    }

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

/// A lab job of an attempt, as a lab gave it back or as it was found there.
package struct SubmittedLabJob: Sendable, Hashable {
    /// LAVA's own number.
    package let number: Int
    /// LAVA's name for a member of a multinode group, such as `39.1`.
    package let subID: String?
    /// LAVA's role of a member of a multinode group.
    package let role: String?

    /// A lab job as given.
    package init(number: Int, subID: String? = nil, role: String? = nil) {
        self.number = number
        self.subID = subID.map(\.storable)
        self.role = role.map(\.storable)
    }
}

/// What one request to submit has made in a lab: one lab job, or the members of a multinode group.
package struct SubmittedGroup: Sendable, Hashable {
    /// The job, or the members that are known.
    package let labJobs: [SubmittedLabJob]
    /// How many the lab says there are.
    package let size: Int

    /// A group as given; one whose size is not known has no more than these.
    package init(_ labJobs: [SubmittedLabJob], size: Int? = nil) {
        self.labJobs = labJobs
        self.size = max(size ?? 0, labJobs.count)
    }

    /// Whether one of its lab jobs has one of these numbers.
    func contains(anyOf numbers: Set<Int>) -> Bool { labJobs.contains { numbers.contains($0.number) } }
}
