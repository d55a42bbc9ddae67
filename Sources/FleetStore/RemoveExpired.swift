// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// How many of the latest jobsets of a project keep their results: the next one is compared with one of them.
package let keptBaselines = 20

/// One step of a removal.
package struct RemovalStep: Sendable, Equatable {
    package let part: Retention.Part
    /// How many jobsets have nothing left of it by this step.
    package let ended: Int
}

/// How many jobsets of a project have kept a part for long enough.
package struct ExpiredJobsets: Sendable, Codable, Equatable {
    /// `group/project`.
    package let project: String
    package let part: Retention.Part
    package let jobsets: Int
    /// When the first of them finished.
    package let oldestFinishedAt: Date
}

/// Removes what is not kept any longer: decision 55.
///
/// A part of a jobset is first marked as removed, so that nobody takes what is half gone for all there is. Then its rows
/// go in small steps, each a transaction that notes how far it is (`removal`): whoever dies, the next goes on there.
extension FleetStore {
    /// Takes one step, unless somebody else is at it.
    ///
    /// - Returns: `nil` if there was nothing to do.
    package func removeExpired(_ rules: RetentionRules) async throws -> RemovalStep? {
        try await transaction(idempotent: false) { sql in
            guard try sql.beginAlone(.retention) else { return nil }
            try sql.allowForSize()
            if let step = try sql.continueRemoval() { return step }
            guard !rules.removesNothing else { return nil }
            let projects = try sql.projectsWithJobsets()
            for part in Retention.Part.allCases where part != .jobsets {
                if try sql.beginRemoval(of: part, rules, projects) { return RemovalStep(part: part, ended: 0) }
            }
            return try sql.removeJobset(rules, projects) ? RemovalStep(part: .jobsets, ended: 1) : nil
        }
    }

    /// Whether nothing is left to be removed, by whomever.
    package func isRemovalOver(_ rules: RetentionRules) async throws -> Bool {
        let isAnyLeft = try await query("select exists (select from removal)").first?.decode(Bool.self) ?? false
        if isAnyLeft { return false }
        return try await expired(rules).isEmpty
    }

    /// What has been kept for long enough, by project and part.
    ///
    /// - Parameter time: How long each statement may take; `nil`: as long as one whose time depends on the size.
    /// - Throws: ``QuestionFailure`` when one takes longer.
    package func expired(_ rules: RetentionRules, within time: Duration? = nil) async throws -> [ExpiredJobsets] {
        try await asking(within: time) { sql in
            if time == nil { try sql.allowForSize() }
            let projects = try sql.projectsWithJobsets()
            return try Retention.Part.allCases.flatMap { part in try sql.expired(part, rules, projects) }
        }
    }
}

/// A project that has jobsets.
private struct ProjectRow: Decodable {
    let buildGroup: String
    let buildProject: String
}

/// A part of a jobset that is being removed.
private struct Removal: Decodable {
    let jobsetID: UUID
    let part: Retention.Part
    let nextPosition: Int
    let total: Int

    enum CodingKeys: String, CodingKey {
        case jobsetID = "jobset_id"
        case part, nextPosition, total
    }
}

extension Retention.Part {
    /// The column of `jobset` that says since when it is removed.
    fileprivate var column: String { "\(rawValue)_removed_at" }

    /// What says of a row of `jobset` that it can be removed. Of a jobset, all that has many rows is gone before it.
    fileprivate var isThere: String {
        guard self == .jobsets else { return "\(column) is null" }
        return "results_removed_at is not null and not exists (select from removal where jobset_id = jobset.id)"
    }

    /// How many jobs' rows one step removes.
    fileprivate var jobsAtOnce: Int { self == .definitions ? 1_000 : 20 }
}

extension PostgresTransaction {
    fileprivate func projectsWithJobsets() throws -> [ProjectRow] {
        try query(
            """
            \(fragment: FleetStore.eachProject(after: nil))
            select build_group, build_project from project
            """
        ).decode(ProjectRow.self)
    }

    /// Marks the jobsets that have kept a part for longest.
    ///
    /// - Returns: whether there were any.
    fileprivate func beginRemoval(of part: Retention.Part, _ rules: RetentionRules, _ projects: [ProjectRow]) throws
        -> Bool
    {
        let wanted = rules.days(part, ofProjects: projects)
        guard !wanted.isEmpty else { return false }
        let due = try due(part, wanted, limit: 100)
        guard !due.isEmpty else { return false }
        try execute("select from jobset where id = any(\(due)) order by id for no key update")
        // One that was retried or is to be kept since is left out.
        return try execute(
            """
            with marked as (
                update jobset set \(unsafeSQL: part.column) = now()
                where id = any(\(due)) and state = 'finished' and not is_kept returning id
            )
            insert into removal (jobset_id, part) select id, \(part) from marked
            """
        ) > 0
    }

    /// Removes the jobset that is due for longest, with all that is left of it. Its results are gone by then.
    ///
    /// - Returns: whether there was one.
    fileprivate func removeJobset(_ rules: RetentionRules, _ projects: [ProjectRow]) throws -> Bool {
        guard let jobset = try due(.jobsets, rules.days(.jobsets, ofProjects: projects), limit: 1).first else {
            return false
        }
        // Nobody adds to the history meanwhile.
        guard try beginAlone(.history) else { return false }
        let isDue =
            try query(
                """
                select from jobset where id = \(jobset) and state = 'finished' and not is_kept
                    and results_removed_at is not null for update
                """
            ).first != nil
        guard isDue else { return true }
        try removeHistory(of: jobset)
        try execute("delete from jobset where id = \(jobset)")
        return true
    }

    private func due(_ part: Retention.Part, _ wanted: [(ProjectRow, Int)], limit: Int) throws -> [UUID] {
        guard !wanted.isEmpty else { return [] }
        return try query(
            """
            with rule as (
                select * from unnest(\(wanted.map(\.0.buildGroup)), \(wanted.map(\.0.buildProject)), \(wanted.map(\.1)))
                    as rule (build_group, build_project, days)
            )
            select id from (\(unsafeSQL: Self.due(part)) limit \(limit)) as due
            """
        ).decode(UUID.self)
    }

    fileprivate func expired(_ part: Retention.Part, _ rules: RetentionRules, _ projects: [ProjectRow]) throws
        -> [ExpiredJobsets]
    {
        let wanted = rules.days(part, ofProjects: projects)
        guard !wanted.isEmpty else { return [] }
        return try query(
            """
            with rule as (
                select * from unnest(\(wanted.map(\.0.buildGroup)), \(wanted.map(\.0.buildProject)), \(wanted.map(\.1)))
                    as rule (build_group, build_project, days)
            )
            select build_group || '/' || build_project as project, \(part) as part, count(*) as jobsets,
                min(finished_at) as oldest_finished_at
            from (\(unsafeSQL: Self.due(part))) as due group by 1 order by 1
            """
        ).decode(ExpiredJobsets.self)
    }

    /// The jobsets that have kept a part for longer than the `days` of their `rule`.
    ///
    /// What a jobset may be compared with keeps its results, and what is still to be delivered all that it is made of.
    private static func due(_ part: Retention.Part) -> String {
        let needed =
            switch part {
            case .results, .jobsets:
                """
                and not exists (
                    select from jobset as running where running.state = 'running' and \(isBaseline("running"))
                )
                and not exists (
                    select from delivery join jobset as reported on reported.id = delivery.jobset_id
                    where delivery.state = 'due' and delivery.kind = 'report' and \(isBaseline("reported"))
                )
                and jobset.created_at < (
                    select created_at from jobset as later
                    where later.build_group = rule.build_group and later.build_project = rule.build_project
                        and later.state = 'finished' and later.verdict <> 'canceled'
                    order by created_at desc offset \(keptBaselines - 1) limit 1
                )
                """
            case .definitions, .reports: ""
            }
        // Reports and pushes are made of the results.
        let delivered =
            part == .definitions
            ? "" : "and not exists (select from delivery where jobset_id = jobset.id and state = 'due')"
        return """
            select jobset.id, jobset.build_group, jobset.build_project, jobset.finished_at
            from rule join jobset using (build_group, build_project)
            where jobset.state = 'finished' and \(part.isThere) and not is_kept
                and jobset.finished_at < now() - make_interval(days => rule.days::integer)
                \(needed) \(delivered)
            """
    }

    /// Whether a jobset names `jobset` as what it is compared with.
    private static func isBaseline(_ other: String) -> String {
        """
        \(other).baseline in (
            jobset.id::text, jobset.build_version,
            '/' || jobset.build_group || '/' || jobset.build_project || '/' || jobset.build_version
        )
        """
    }

    /// Takes the next step of what is being removed; `nil` if nothing is.
    fileprivate func continueRemoval() throws -> RemovalStep? {
        let row = try query(
            """
            select jobset_id, part, next_position, total
            from removal join jobset on jobset.id = jobset_id
            order by removal.created_at, jobset_id, part limit 1
            """
        ).first
        guard let removal = try row?.decode(Removal.self) else { return nil }
        let end = removal.nextPosition + removal.part.jobsAtOnce
        try removeRows(removal, before: end)
        guard end >= removal.total else {
            try execute(
                """
                update removal set next_position = \(end)
                where jobset_id = \(removal.jobsetID) and part = \(removal.part)
                """
            )
            return RemovalStep(part: removal.part, ended: 0)
        }
        try execute("delete from removal where jobset_id = \(removal.jobsetID) and part = \(removal.part)")
        return RemovalStep(part: removal.part, ended: 1)
    }

    private func removeRows(_ removal: Removal, before end: Int) throws {
        let (jobset, first) = (removal.jobsetID, removal.nextPosition)
        switch removal.part {
        case .results:
            try execute(
                """
                delete from result where lab_job_id in (
                    select lab_job.id from job join attempt on attempt.job_id = job.id
                        join lab_job on lab_job.attempt_id = attempt.id
                    where jobset_id = \(jobset) and position >= \(first) and position < \(end)
                )
                """
            )
        case .definitions:
            try execute(
                """
                delete from job_definition
                where jobset_id = \(jobset) and position >= \(first) and position < \(end)
                """
            )
        case .reports:
            // A generation that has begun since has a report of its own.
            try execute(
                """
                delete from report_form using report
                    join removal on removal.jobset_id = report.jobset_id and removal.part = \(removal.part)
                where report.jobset_id = \(jobset) and report.created_at <= removal.created_at
                    and report_form.jobset_id = report.jobset_id and report_form.generation = report.generation
                """
            )
        case .jobsets: break
        }
    }
}

extension RetentionRules {
    /// Those of these projects of which a part is removed some day, with the days until then.
    fileprivate func days(_ part: Retention.Part, ofProjects projects: [ProjectRow]) -> [(ProjectRow, Int)] {
        projects.compactMap { project in
            days(part, of: "\(project.buildGroup)/\(project.buildProject)").map { (project, $0) }
        }
    }
}
