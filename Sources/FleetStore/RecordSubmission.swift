// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Stores what became of an attempt in the lab. A repeat changes nothing.
    ///
    /// The first group is the attempt's, unless it has lab jobs already: then the one that these belong to is. Whatever
    /// is beside it is surplus, since only one request was meant to be carried out: it is canceled in the lab and is
    /// part of nothing else.
    ///
    /// What comes of an attempt that has ended meanwhile is canceled in the lab as well.
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
            let surplus = try sql.record(groups, of: attempt, isAdopted: isAdopted, terms: terms)
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

extension PostgresTransaction {
    /// - Returns: LAVA's numbers of the surplus that was not known before.
    func record(
        _ groups: [SubmittedGroup],
        of attempt: UUID,
        isAdopted: Bool,
        terms: DoubtTerms
    ) throws -> [Int] {
        // The job's row first: that is the order in which everybody locks.
        try execute(
            "select id from job where id = (select job_id from attempt where id = \(attempt)) for no key update"
        )
        let known = Set(
            try query("select number from lab_job where attempt_id = \(attempt)").map { try $0.decode(Int.self) }
        )
        let own = known.isEmpty ? groups.first : groups.first { $0.contains(anyOf: known) }
        if let own {
            try markSubmitted(attempt, terms: terms)
            let isWhole = known.union(own.labJobs.map(\.number)).count >= own.size
            // What is known of a member that was not looked at is its number alone.
            try insert(own, of: attempt, isLookedAt: isWhole && !isAdopted, terms: terms)
            if !isWhole { try awaitMembers(of: attempt, size: own.size, terms: terms) }
        }
        return try insertSurplus(groups.filter { $0 != own && !$0.contains(anyOf: known) }, of: attempt)
    }

    private func markSubmitted(_ attempt: UUID, terms: DoubtTerms) throws {
        // What comes late, of an attempt that has ended meanwhile, is nothing to its job: it may wait for another.
        try execute(
            """
            update job set state = 'submitted', resume_at = null
            where id = (select job_id from attempt where id = \(attempt) and state = 'submitting')
                and state = 'waiting'
            """
        )
        try execute(
            """
            update attempt set state = 'submitted', submitted_at = now(), claimed_by = null,
                claimed_until = null, doubtful_since = null, last_error = null,
                look_due_at = doubted_at + \(terms.secondLook), looks = 0
            where id = \(attempt) and state = 'submitting'
            """
        )
    }

    private func insert(_ own: SubmittedGroup, of attempt: UUID, isLookedAt: Bool, terms: DoubtTerms) throws {
        try execute(
            """
            insert into lab_job (attempt_id, backend, number, sub_id, role, checked_at, cancel_due_at)
            select attempt.id, attempt.backend, lab.number, lab.sub_id, lab.role,
                case when \(isLookedAt) then now() else '-infinity' end,
                case
                    -- Ended while it was on its way: nobody waits for it.
                    when attempt.state = 'ended' then
                        case when attempt.outcome is distinct from 'expired' or \(terms.cancelsExpired) then now() end
                    when job.cancel_requested_at is not null then now()
                end
            from attempt join job on job.id = attempt.job_id, unnest(
                \(own.labJobs.map(\.number)), \(own.labJobs.map(\.subID)), \(own.labJobs.map(\.role))
            ) as lab (number, sub_id, role)
            where attempt.id = \(attempt)
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

    private func insertSurplus(_ groups: [SubmittedGroup], of attempt: UUID) throws -> [Int] {
        let surplus = groups.flatMap(\.labJobs)
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
