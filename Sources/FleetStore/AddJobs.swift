// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What became of an addition that was read without a fault.
package enum Addition: Sendable, Equatable {
    /// Its jobs are in and counted, now or by an earlier copy of the message. `total` is what the jobset has now;
    /// `finished` is set when this has sealed it and nothing was left to wait for.
    case accepted(isNew: Bool, total: Int, isSealed: Bool, finished: FinishedJobset?)
    /// Another addition to this jobset has this id.
    case conflict
    /// It can't be added.
    case refused(NotAddable)
}

/// Why jobs can't be added to a jobset.
package enum NotAddable: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no such jobset.
    case notFound
    /// It is sealed: by its owner, or for this reason.
    case sealed(reason: String?)
    case finished(Verdict)
    /// It would have more jobs than were declared.
    case beyondTotal(declared: Int, would: Int)
    /// It is declared to have fewer or more jobs than were declared before, or than it has.
    case otherTotal(declared: Int, known: Int)
    /// It calls somebody else already.
    case otherCallback
    /// The addition names jobs that a lab has already, and its sender may not.
    case mayNotWatch
    /// Its callback is to be signed with a secret of other projects.
    case mayNotSign

    /// The reason in words.
    package var description: String {
        switch self {
        case .notFound: "there is no such jobset"
        case .sealed(let reason): "the jobset is sealed" + (reason.map { ": \($0)" } ?? "")
        case .finished(let verdict): "the jobset has finished, as \(verdict.rawValue)"
        case .beyondTotal(let declared, let would):
            "the jobset would have \(would) jobs; it was declared to have \(declared)"
        case .otherTotal(let declared, let known):
            "the jobset can't have \(declared) jobs in all: it has or was declared to have \(known)"
        case .otherCallback: "the jobset has another callback already"
        case .mayNotWatch: Problem.watchRule
        case .mayNotSign: Problem.signRule
        }
    }
}

extension FleetStore {
    /// Adds jobs to an open jobset: they are counted in the transaction that stores them, before any is sent out.
    ///
    /// A callback alone is taken by a jobset that is sealed or has finished, too: of the end, which has been, it is
    /// told at once.
    ///
    /// The same addition under the same id changes nothing.
    ///
    /// - Parameters:
    ///   - rules: What it may name without a permit of its own.
    ///   - demands: What is demanded of its jobs where they say nothing else.
    package func addJobs(
        id: UUID,
        addition: JobsetAddition,
        rules: NamingRules = NamingRules(),
        demands: ProjectDemands = .none
    ) async throws -> Addition {
        let jobs = NamedJobs(addition.jobs)
        return try await transaction { sql in
            try sql.allowForSize()
            guard let jobset = try sql.lockForAddition(addition.jobsetID), let build = jobset.build else {
                return .refused(.notFound)
            }
            if let known = try sql.addition(id, to: addition.jobsetID) {
                guard known == addition.digest else { return .conflict }
                return .accepted(
                    isNew: false,
                    total: jobset.total,
                    isSealed: jobset.isSealed,
                    finished: jobset.finished
                )
            }
            let total = jobset.total + addition.jobs.count
            let declared = addition.declaredTotal ?? jobset.declaredTotal
            if let refusal = jobset.refusal(of: addition, total: total) { return .refused(refusal) }
            guard rules.allow(addition.callback, in: build) else { return .refused(.mayNotSign) }
            let names = addition.names
            let naming = try sql.naming(names, in: build, id: id, digest: addition.digest, rules)
            guard naming.watches || !names.hasWatchedJobs else { return .refused(.mayNotWatch) }
            try sql.insert(addition, jobs, id: id, from: jobset.total, rules, demands.demand(of: build))
            if let callback = addition.callback { try sql.setCallback(callback, of: addition.jobsetID) }
            guard !addition.isOnlyCallback else {
                return .accepted(
                    isNew: true,
                    total: total,
                    isSealed: jobset.isSealed,
                    finished: jobset.finished
                )
            }
            // With a declared total it is the number that seals, in whatever order additions come in.
            let isSealed = declared.map { $0 == total } ?? addition.seals
            try sql.count(addition.jobs, declared: declared, isSealed: isSealed, in: addition.jobsetID)
            // A limit in percent is applied from the seal on: only then is it known of how many.
            let finished = isSealed ? try sql.closeAfterSeal(addition.jobsetID) : []
            return .accepted(isNew: true, total: total, isSealed: isSealed, finished: finished.first)
        }
    }

    /// The ids of the additions that a jobset has.
    package func additions(of jobset: UUID) async throws -> Set<UUID> {
        let rows = try await query(
            "select id from jobset_addition where jobset_id = \(jobset)"
        )
        return Set(try rows.decode(UUID.self))
    }

    /// Whether a jobset has an addition.
    package func hasAddition(_ id: UUID, of jobset: UUID) async throws -> Bool {
        try await !query(
            "select 1 from jobset_addition where jobset_id = \(jobset) and id = \(id)"
        ).isEmpty
    }

    /// The ids of the additions of a jobset in their order, at most `limit` of those behind `after`.
    package func additions(of jobset: UUID, after: UUID?, limit: Int) async throws -> [UUID] {
        let rows = try await query(
            """
            select id from jobset_addition
            where jobset_id = \(jobset) and (\(after) is null or id > \(after)) order by id limit \(limit)
            """
        )
        return try rows.decode(UUID.self)
    }
}

extension JobsetAddition {
    /// Whether it changes nothing but who is called.
    fileprivate var isOnlyCallback: Bool { callback != nil && jobs.isEmpty && !seals && declaredTotal == nil }
}

/// An addition's jobset, locked.
private struct LockedJobset: Decodable {
    let id: UUID
    let buildGroup: String
    let buildProject: String
    let buildVersion: String
    let total: Int
    let declaredTotal: Int?
    let isSealed: Bool
    let sealedReason: String?
    let verdict: Verdict?
    let generation: Int
    let callback: CallbackRequest?

    var build: Build? { Build(group: buildGroup, project: buildProject, version: buildVersion) }

    var finished: FinishedJobset? { verdict.map { _ in FinishedJobset(id: id, generation: generation) } }

    func refusal(of addition: JobsetAddition, total: Int) -> NotAddable? {
        if let wanted = addition.callback, let callback, wanted != callback { return .otherCallback }
        guard !addition.isOnlyCallback else { return nil }
        if let verdict { return .finished(verdict) }
        if isSealed { return .sealed(reason: sealedReason) }
        if let wanted = addition.declaredTotal {
            if let declaredTotal, wanted != declaredTotal { return .otherTotal(declared: wanted, known: declaredTotal) }
            if total > wanted { return .beyondTotal(declared: wanted, would: total) }
        } else if let declaredTotal, total > declaredTotal {
            return .beyondTotal(declared: declaredTotal, would: total)
        }
        let most = DocumentLimits().maximumTotal
        return total > most ? .beyondTotal(declared: most, would: total) : nil
    }
}

extension PostgresTransaction {
    fileprivate func lockForAddition(_ id: UUID) throws -> LockedJobset? {
        let rows = try query(
            """
            select id, build_group, build_project, build_version, total, declared_total, sealed as is_sealed,
                sealed_reason, verdict, generation, callback
            from jobset where id = \(id) for no key update
            """
        )
        return try rows.first?.decode(LockedJobset.self)
    }

    fileprivate func addition(_ id: UUID, to jobset: UUID) throws -> [UInt8]? {
        try query("select digest from jobset_addition where jobset_id = \(jobset) and id = \(id)")
            .first?.decode([UInt8].self)
    }

    fileprivate func insert(
        _ addition: JobsetAddition,
        _ jobs: NamedJobs,
        id: UUID,
        from position: Int,
        _ rules: NamingRules,
        _ demand: ProjectDemands.Demand
    ) throws {
        try execute(
            """
            insert into jobset_addition (jobset_id, id, digest, first_position, jobs)
            values (\(addition.jobsetID), \(id), \(addition.digest), \(position), \(addition.jobs.count))
            """
        )
        try insertJobs(jobs, into: addition.jobsetID, from: position, rules, demand)
    }

    /// Of what has happened a receiver that comes late is told the end alone.
    fileprivate func setCallback(_ callback: CallbackRequest, of jobset: UUID) throws {
        try execute("update jobset set callback = \(PostgresJSON(callback)) where id = \(jobset) and callback is null")
        try execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver)
            select id, generation, 'finished', 'callback', callback ->> 'url' from jobset
            where id = \(jobset) and state = 'finished'
                and coalesce(callback -> 'events', '["finished"]') @> '["finished"]'
            on conflict do nothing
            """
        )
    }

    /// The one place besides `FinishJobs` and `RetryJobs` that changes `pending`: by as many rows as it has inserted.
    fileprivate func count(_ added: [JobEntry], declared: Int?, isSealed: Bool, in jobset: UUID) throws {
        let (jobs, priorities) = (added.count, JobPriorities(added))
        try execute(
            """
            update jobset set total = total + \(jobs), pending = pending + \(jobs), declared_total = \(declared),
                sealed = \(isSealed), added_at = now(),
                job_priorities = case when job_priorities is null and \(priorities.isUsual) then null else (
                    select array_agg(distinct priority order by priority desc)
                    from unnest(coalesce(job_priorities, '{\(unsafeSQL: JobPriorities.usual)}') || \(priorities.all)) as priority
                ) end
            where id = \(jobset)
            """
        )
    }
}
