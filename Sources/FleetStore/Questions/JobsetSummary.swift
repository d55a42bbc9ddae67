// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What a list tells of a jobset: its own row alone, so that it costs the same however many jobs it has.
package struct JobsetSummary: Sendable, Equatable, Decodable {
    package let id: UUID
    package let group: String
    package let project: String
    /// What is tested of it.
    package let version: String
    /// Where it is on its way.
    package let state: JobsetState
    /// What became of it; `nil` while it runs.
    package let verdict: Verdict?
    /// Which of its lives this is, from 1.
    package let generation: Int
    /// How many jobs it has.
    package let total: Int
    /// How many of them have not ended.
    package let pending: Int
    /// How many of its jobs have failed.
    package let failures: Int
    /// How many of those are missing rather than failed.
    package let missing: Int
    /// How many of its jobs were canceled.
    package let canceled: Int
    /// Which goes first, from 0 to 100.
    package let priority: Int
    /// Whether nothing is added to it any more.
    package let isSealed: Bool
    /// When what is outstanding of it ends.
    package let deadline: Date?
    /// When it was canceled.
    package let canceledAt: Date?
    /// When it was accepted.
    package let createdAt: Date
    /// When its counter reached zero.
    package let finishedAt: Date?

    /// A summary as given.
    package init(
        id: UUID,
        group: String,
        project: String,
        version: String,
        state: JobsetState,
        verdict: Verdict?,
        generation: Int,
        total: Int,
        pending: Int,
        failures: Int,
        missing: Int = 0,
        canceled: Int = 0,
        priority: Int,
        isSealed: Bool,
        deadline: Date?,
        canceledAt: Date?,
        createdAt: Date,
        finishedAt: Date?
    ) {
        self.id = id
        self.group = group
        self.project = project
        self.version = version
        self.state = state
        self.verdict = verdict
        self.generation = generation
        self.total = total
        self.pending = pending
        self.failures = failures
        self.missing = missing
        self.canceled = canceled
        self.priority = priority
        self.isSealed = isSealed
        self.deadline = deadline
        self.canceledAt = canceledAt
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}

extension JobsetSummary {
    /// How its jobs ended.
    package var jobCounts: JobCounts {
        JobCounts(total: total, pending: pending, failures: failures, missing: missing, canceled: canceled)
    }
}

/// Which summaries to list.
package struct SummaryFilter: Sendable {
    /// In which order.
    package enum Order: Sendable {
        /// The latest accepted first.
        case accepted
        /// The latest finished first; those that run are left out.
        case finished
    }

    /// Only those of these projects.
    package var scopes: [ProjectScope]
    /// Only those of this group.
    package var group: String?
    /// Only those of this project.
    package var project: String?
    /// Only those in this state.
    package var state: JobsetState?
    package var order = Order.accepted
    /// Only those that were accepted before this one.
    package var before: UUID?
    /// At most so many.
    package var limit: Int

    /// Summaries of these projects.
    package init(scopes: [ProjectScope], limit: Int) {
        self.scopes = scopes
        self.limit = limit
    }
}

extension FleetStore {
    /// Summaries of jobsets.
    package func summaries(_ filter: SummaryFilter) async throws -> [JobsetSummary] {
        let state = filter.order == .finished ? JobsetState.finished : filter.state
        let order = filter.order == .finished ? "finished_at desc" : "created_at desc, id desc"
        let scopes = ScopeLists(filter.scopes)
        // In words, for the partial indexes.
        let condition = state.map { "state = '\($0.rawValue)'" } ?? "true"
        return try await query(
            """
            select \(unsafeSQL: Self.summaryColumns) from jobset
            where \(unsafeSQL: condition)
                and (\(scopes.isAll) or build_group = any(\(scopes.groups))
                    or build_group || '/' || build_project = any(\(scopes.projects)))
                and (\(filter.group) is null or build_group = \(filter.group))
                and (\(filter.project) is null or build_project = \(filter.project))
                and (\(filter.before) is null
                    or (created_at, id) < (select created_at, id from jobset where id = \(filter.before)))
            order by \(unsafeSQL: order) limit \(filter.limit)
            """
        ).decode(JobsetSummary.self)
    }

    /// The latest jobset of each project, in the order of the projects' names.
    ///
    /// - Parameter last: Only of projects whose names come after these.
    package func latestOfProjects(
        scopes: [ProjectScope],
        after last: (group: String, project: String)?,
        limit: Int
    ) async throws -> [JobsetSummary] {
        let scopes = ScopeLists(scopes)
        return try await query(
            """
            \(fragment: Self.eachProject(after: last))
            select \(unsafeSQL: Self.summaryColumns) from project, lateral (
                select * from jobset
                where jobset.build_group = project.build_group and jobset.build_project = project.build_project
                order by created_at desc, id desc limit 1
            ) as jobset
            where \(scopes.isAll) or project.build_group = any(\(scopes.groups))
                or project.build_group || '/' || project.build_project = any(\(scopes.projects))
            limit \(limit)
            """
        ).decode(JobsetSummary.self)
    }

    /// `project`: the names of each project that has a jobset, in their order, for the statement that follows. By the
    /// index, from one project to the next, whatever the number of jobsets of each.
    static func eachProject(after last: (group: String, project: String)?) -> PostgresStatement {
        """
        with recursive project as (
            (
                select build_group, build_project from jobset
                where (build_group, build_project) > (\(last?.group ?? ""), \(last?.project ?? ""))
                order by build_group, build_project limit 1
            )
            union all
            select next.build_group, next.build_project from project, lateral (
                select build_group, build_project from jobset
                where (jobset.build_group, jobset.build_project) > (project.build_group, project.build_project)
                order by build_group, build_project limit 1
            ) as next
        )
        """
    }

    /// A jobset's summary; `nil` when there is none of that id.
    package func summary(of id: UUID) async throws -> JobsetSummary? {
        try await query(
            "select \(unsafeSQL: Self.summaryColumns) from jobset where id = \(id)"
        ).first?.decode(JobsetSummary.self)
    }

    /// The generations of a jobset that a report was made of, latest first.
    package func reportedGenerations(of jobset: UUID, limit: Int) async throws -> [Int] {
        try await query(
            """
            select generation from report where jobset_id = \(jobset) order by generation desc limit \(limit)
            """
        ).decode(Int.self)
    }

    /// The columns of a summary.
    static let summaryColumns = summaryColumns(beginning: "")

    /// The same as part of another record, which has it as `jobset`.
    static let jobsetSummaryColumns = summaryColumns(beginning: "jobset_")

    private static func summaryColumns(beginning prefix: String) -> String {
        [
            "id": "id", "build_group": "group", "build_project": "project", "build_version": "version",
            "state": "state", "verdict": "verdict", "generation": "generation", "total": "total",
            "pending": "pending", "failures": "failures", "missing": "missing", "canceled": "canceled",
            "priority": "priority",
            "sealed": "is_sealed",
            "deadline": "deadline", "canceled_at": "canceled_at", "created_at": "created_at",
            "finished_at": "finished_at",
        ]
        .map { column, name in "jobset.\(column) as \"\(prefix)\(name)\"" }.sorted().joined(separator: ", ")
    }
}
