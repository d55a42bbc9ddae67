// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What became of a document that was read without a fault.
package enum Acceptance: Sendable, Equatable {
    /// It is stored, now or by an earlier copy of the message. `finished` is set when it is at its end: when it is
    /// empty and sealed, it is so at once.
    case accepted(isNew: Bool, total: Int, finished: FinishedJobset?)
    /// Another document has this id.
    case conflict
    /// It names jobs that a lab has already, and its sender may not.
    case mayNotWatch
    /// Its callback is to be signed with a secret of other projects.
    case mayNotSign
}

extension FleetStore {
    /// Stores a jobset with all its jobs, which are due at once: messages for them are sent in their turn.
    ///
    /// The same document under the same id changes nothing.
    ///
    /// - Parameters:
    ///   - rules: What it may name without a permit of its own.
    ///   - demands: What is demanded of its jobs where it says nothing else.
    ///   - traceParent: Where in a trace it was submitted. A repeat does not change that.
    package func acceptJobset(
        id: UUID,
        document: JobsetDocument,
        rules: NamingRules = NamingRules(),
        demands: ProjectDemands = .none,
        traceParent: TraceParent? = nil
    ) async throws -> Acceptance {
        let names = NamedJobs(document.jobs)
        return try await transaction { sql in
            try sql.allowForSize()
            if let again = try sql.acceptAgain(id: id, digest: document.digest) { return again }
            guard rules.allow(document.callback, in: document.build) else { return .mayNotSign }
            let named = document.names
            let naming = try sql.naming(named, in: document.build, id: id, digest: document.digest, rules)
            guard naming.watches || !named.hasWatchedJobs else {
                // Another copy of the message may have had the permit a moment ago.
                return try sql.acceptAgain(id: id, digest: document.digest) ?? .mayNotWatch
            }
            let demand = demands.demand(of: document.build)
            guard try sql.insertJobset(id: id, document: document, naming, demand, traceParent) else {
                return try sql.acceptAgain(id: id, digest: document.digest) ?? .conflict
            }
            try sql.insertJobs(names, into: id, from: 0, rules, demand)
            let total = document.jobs.count
            let finished = document.jobs.isEmpty ? try sql.finishJobsets([id]).first : nil
            return .accepted(isNew: true, total: total, finished: finished)
        }
    }
}

extension JobsetDocument {
    /// Whether nothing will be added to it.
    fileprivate var isSealed: Bool { !isOpen || declaredTotal == jobs.count }
}

/// What the id of a document stands for already.
private struct KnownJobset: Decodable {
    let id: UUID
    let digest: [UInt8]
    let state: JobsetState
    let generation: Int
    let total: Int

    var finished: FinishedJobset? { state == .finished ? FinishedJobset(id: id, generation: generation) : nil }
}

extension PostgresTransaction {
    fileprivate func insertJobset(
        id: UUID,
        document: JobsetDocument,
        _ naming: Naming,
        _ demand: ProjectDemands.Demand,
        _ traceParent: TraceParent?
    ) throws -> Bool {
        let build = document.build
        let total = document.jobs.count
        let timeout = document.timeout.map { Int($0.components.seconds) }
        let rows = try query(
            """
            insert into jobset (id, build_group, build_project, build_version, digest, total, pending, callback, labels,
                retries, sealed, declared_total, timeout_seconds, deadline, max_failures, max_failures_percent,
                priority, baseline, baseline_project, report, empty_jobs, source, job_priorities, traceparent)
            values (\(id), \(build.group), \(build.project), \(build.version), \(document.digest),
                \(total), \(total), \(document.callback.map(PostgresJSON.init)), \(PostgresJSON(document.labels)),
                \(document.retries), \(document.isSealed), \(document.declaredTotal),
                \(timeout), now() + \(timeout.map(Duration.seconds)),
                \(document.maxFailures?.count), \(document.maxFailures?.percentage), \(document.priority),
                \(document.baseline.map { "\($0)" }), \(naming.baselineProject?.description),
                \(document.report.map(PostgresJSON.init)), \(document.emptyJobs ?? demand.emptyJobs),
                \(document.source.map(PostgresJSON.init)), \(JobPriorities(document.jobs).stored),
                \(traceParent?.description))
            on conflict (id) do nothing
            returning id
            """
        )
        return !rows.isEmpty
    }

    /// What becomes of a document whose id is taken; `nil` when it is not.
    fileprivate func acceptAgain(id: UUID, digest: [UInt8]) throws -> Acceptance? {
        guard
            let known = try query("select id, digest, state, generation, total from jobset where id = \(id)")
                .first?.decode(KnownJobset.self)
        else { return nil }
        guard known.digest == digest else { return .conflict }
        return .accepted(isNew: false, total: known.total, finished: known.finished)
    }

    /// Stores jobs behind those that a jobset has, the first of them at `position`.
    func insertJobs(
        _ named: NamedJobs,
        into jobset: UUID,
        from position: Int,
        _ rules: NamingRules,
        _ demand: ProjectDemands.Demand
    ) throws {
        let jobs = named.jobs
        guard !jobs.isEmpty else { return }
        let names = named.shown(behind: position > 0 ? try names(of: jobset, like: named) : [:])
        _ = try copyIn(
            "job",
            columns: [
                "jobset_id", "position", "environment", "backend", "expect", "name", "base_name", "priority", "retries",
                "timeout",
            ],
            rows: jobs.lazy.enumerated().map { index, job -> [any PostgresEncodable] in
                let expect = job.expect ?? demand.expect
                return [
                    jobset, position + index, job.environment, job.backend,
                    expect.isEmpty ? nil : Optional(PostgresJSON(expect)), names[index], named.given[index],
                    job.priority, job.retries, job.timeout.map(PostgresJSON.init),
                ]
            }
        )
        _ = try copyIn(
            "job_definition",
            columns: ["jobset_id", "position", "definition"],
            rows: jobs.lazy.enumerated().filter { $1.labJob == nil }.map { index, job in
                [jobset, position + index, job.definition]
            }
        )
        try insertEnvironments(of: jobs, in: jobset)
        try insertWatched(jobs, into: jobset, from: position, rules)
    }

    /// How many jobs a jobset has of each of these names already.
    private func names(of jobset: UUID, like named: NamedJobs) throws -> [NamedJobs.Key: Int] {
        let keys = named.keys
        let rows = try query(
            """
            select environment, base_name, count(*) from job
            where jobset_id = \(jobset) and (environment, coalesce(base_name, '')) in (
                select * from unnest(\(keys.map(\.environment)), \(keys.map { $0.name ?? "" }))
            ) group by environment, base_name
            """
        ).map { try $0.decode(String.self, String?.self, Int.self) }
        return Dictionary(uniqueKeysWithValues: rows.map { (NamedJobs.Key(environment: $0, name: $1), $2) })
    }

    /// In which environments and labs the jobset has jobs, for lists that are asked for by them.
    private func insertEnvironments(of jobs: [JobEntry], in jobset: UUID) throws {
        let places = Dictionary(grouping: jobs, by: \.environment).flatMap { environment, jobs in
            Set(jobs.map(\.backend)).map { (environment, $0) }
        }
        try execute(
            """
            insert into jobset_environment (jobset_id, environment, backend)
            select \(jobset), * from unnest(\(places.map(\.0)), \(places.map(\.1))) on conflict do nothing
            """
        )
    }

    /// Those that their lab has already are in it from the beginning: with an attempt that was submitted, by somebody
    /// else. The lab is asked for them by number at once.
    private func insertWatched(
        _ jobs: [JobEntry],
        into jobset: UUID,
        from position: Int,
        _ rules: NamingRules
    ) throws {
        let watched = jobs.enumerated().compactMap { index, job in job.labJob.map { (position + index, $0) } }
        guard !watched.isEmpty else { return }
        try execute(
            """
            with watched as (
                select * from unnest(\(watched.map(\.0)), \(watched.map(\.1))) as watched (position, number)
            ), submitted as (
                update job set state = 'submitted', resume_at = null
                from watched where jobset_id = \(jobset) and job.position = watched.position
                returning job.id, job.backend, job.timeout, watched.number
            ), begun as (
                insert into attempt (id, job_id, number, backend, state, submitted_at)
                select gen_random_uuid(), id, 1, backend, 'submitted', now() from submitted
                returning id, job_id
            )
            insert into lab_job (attempt_id, backend, number, checked_at, is_watched, may_cancel, queued_limit_seconds,
                running_limit_seconds)
            select begun.id, submitted.backend, submitted.number, '-infinity', true,
                submitted.backend = any(\(rules.cancelableBackends.sorted())),
                (timeout ->> 'queued')::integer, (timeout ->> 'running')::integer
            from begun join submitted on submitted.id = begun.job_id
            """
        )
    }
}

extension FailureLimit {
    /// The number, of a limit that is one.
    var count: Int? { if case .count(let number) = self { number } else { nil } }
    /// The percentage, of a limit that is one.
    var percentage: Int? { if case .percent(let number) = self { number } else { nil } }
}

/// Jobs that are about to be stored, with the names that their authors gave them, read once.
struct NamedJobs: Sendable {
    /// What jobs share that need a number to be told apart.
    struct Key: Hashable, Sendable {
        let environment: String
        let name: String?
    }

    let jobs: [JobEntry]
    /// By their place among `jobs`.
    let given: [String?]

    init(_ jobs: [JobEntry]) {
        self.jobs = jobs
        given = jobs.map(\.givenName)
    }

    /// Every key once.
    var keys: [Key] { Array(Set(jobs.indices.map(key))) }

    private func key(_ index: Int) -> Key { Key(environment: jobs[index].environment, name: given[index]) }

    /// The names as they are shown, each once in its environment: `ltp`, `ltp #2`; `nil`, `#2` of jobs without one.
    ///
    /// - Parameter known: How many of each there are already.
    func shown(behind known: [Key: Int]) -> [String?] {
        var counts = known
        return jobs.indices.map { index in
            counts[key(index), default: 0] += 1
            let number = counts[key(index), default: 1]
            guard number > 1 else { return given[index] }
            return [given[index], "#\(number)"].compactMap(\.self).joined(separator: " ")
        }
    }
}
