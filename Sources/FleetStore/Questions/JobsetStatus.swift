// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// A jobset as it stands; `nil` when there is none of that id.
    package func jobset(id: UUID) async throws -> Jobset? {
        let rows = try await query(
            "\(unsafeSQL: Self.statusHead) where id = \(id) \(unsafeSQL: Self.statusTail)"
        )
        guard var jobset = try rows.first?.decode(Jobset.self) else { return nil }
        if jobset.state == .running {
            let waits = try await waits(of: id)
            jobset.waits = waits.isEmpty ? nil : waits
        }
        return jobset
    }

    /// What a jobset tests; `nil` when there is none of that id.
    package func build(of jobset: UUID) async throws -> Build? {
        try await query(
            "select build_group, build_project, build_version from jobset where id = \(jobset)"
        ).first.flatMap { row in
            let (group, project, version) = try row.decode(String.self, String.self, String.self)
            return Build(group: group, project: project, version: version)
        }
    }

    /// Which jobsets are asked for stands between the head and the tail.
    static let statusHead = """
        select jobset.id, '/' || build_group || '/' || build_project || '/' || build_version as build, jobset.state,
            verdict, generation, total, pending, jobs.*, callback ->> 'url' as callback_url, labels, source, retries,
            priority,
            baseline, sealed as is_sealed, sealed_reason, declared_total, failures, missing,
            coalesce(max_failures::text, max_failures_percent || '%') as max_failures,
            null::jsonb as waits, deadline, deadline_passed_at, canceled_at, canceled_reason, created_at, finished_at,
            nullif(is_kept, false) as is_kept, results_removed_at, definitions_removed_at, reports_removed_at,
            traceparent
        from (select * from jobset
        """

    static let statusTail = """
        ) as jobset, lateral (
            select coalesce(sum(number) filter (where state = 'waiting'), 0)::bigint as waiting,
                coalesce(sum(number) filter (where state = 'submitted'), 0)::bigint as in_lab,
                coalesce(jsonb_object_agg(outcome, number) filter (where outcome is not null), '{}') as outcomes,
                coalesce(sum(pass), 0)::bigint as tests_pass, coalesce(sum(fail), 0)::bigint as tests_fail,
                coalesce(sum(xfail), 0)::bigint as tests_xfail,
                coalesce(sum(skip), 0)::bigint as tests_skip, coalesce(sum(unknown), 0)::bigint as tests_unknown
            from (
                select state, outcome, count(*) as number, sum(tests_pass) as pass, sum(tests_fail) as fail,
                    sum(tests_xfail) as xfail, sum(tests_skip) as skip, sum(tests_unknown) as unknown
                from job where jobset_id = jobset.id group by state, outcome
            ) as kinds
        ) as jobs
        order by created_at desc, id desc
        """

    /// The jobsets of a project that run, the latest first, and those that ended at that time or later, the earliest first.
    /// Each is read by an index, and no more than `limit` of each kind.
    package func progress(
        of group: String,
        _ project: String,
        endedSince start: Date,
        limit: Int
    ) async throws -> (running: [JobsetProgress], ended: [JobsetProgress]) {
        let running = try await query(
            """
            select \(unsafeSQL: Self.progressColumns) from jobset
            where state = 'running' and build_group = \(group) and build_project = \(project)
            order by created_at desc limit \(limit)
            """
        ).decode(JobsetProgress.self)
        let ended = try await query(
            """
            select \(unsafeSQL: Self.progressColumns) from jobset
            where state = 'finished' and build_group = \(group) and build_project = \(project)
                and finished_at >= \(start)
            order by finished_at limit \(limit)
            """
        ).decode(JobsetProgress.self)
        return (running, ended)
    }

    /// What time it is to the database, which writes down when things happen.
    package func now() async throws -> Date { try await query("select now()").one().decode(Date.self) }

    private static let progressColumns = """
        id, '/' || build_group || '/' || build_project || '/' || build_version as build, state, verdict, generation, total,
            pending, failures, labels, canceled_at, created_at, finished_at
        """
}

extension JobsetFilter {
    /// What a row of `jobset` must be like, wherever it stands in the list.
    var conditions: PostgresStatement {
        let labels = labels.isEmpty ? nil : PostgresJSON(labels)
        // Left out if nobody asked, so that the plan uses the index when somebody does.
        let isIDRight: PostgresStatement = idPrefix.map { "id between \($0.first) and \($0.last)" } ?? "true"
        return """
            \(fragment: isIDRight) and \(fragment: Self.isIn(scopes ?? [.all]))
                and (\(group) is null or build_group = \(group))
                and (\(project) is null or build_project = \(project))
                and (\(version) is null or build_version = \(version))
                and (\(state) is null or state = \(state))
                and (\(verdict) is null or verdict = \(verdict))
                and (\(backend) is null
                    or exists (select from jobset_environment as place
                        where place.jobset_id = jobset.id and place.backend = \(backend)))
                and (\(environment) is null
                    or exists (select from jobset_environment as place
                        where place.jobset_id = jobset.id and place.environment = \(environment)))
                and (\(labels) is null or labels @> \(labels))
                and (\(createdAfter) is null or created_at >= \(createdAfter))
                and (\(createdBefore) is null or created_at < \(createdBefore))
            """
    }

    /// That a row of `jobset` stands behind the place where the list goes on.
    var beyondPlace: PostgresStatement {
        """
        (\(after?.id) is null or (created_at, id) < (
            timestamptz 'epoch' + \(after?.createdMicroseconds) * interval '1 microsecond', \(after?.id)))
        """
    }

    /// That a row of `jobset` is of one of these projects.
    static func isIn(_ scopes: [ProjectScope]) -> PostgresStatement {
        let scopes = ScopeLists(scopes)
        return """
            (\(scopes.isAll) or build_group = any(\(scopes.groups))
                or build_group || '/' || build_project = any(\(scopes.projects)))
            """
    }
}

extension FleetStore {
    /// Jobsets, latest first.
    package func jobsets(_ filter: JobsetFilter) async throws -> [Jobset] {
        let rows = try await query(
            """
            \(unsafeSQL: Self.statusHead)
            where \(fragment: filter.conditions) and \(fragment: filter.beyondPlace)
            order by created_at desc, id desc limit \(filter.limit)
            \(unsafeSQL: Self.statusTail)
            """
        )
        return try rows.decode(Jobset.self)
    }
}

/// Scopes as SQL compares them.
struct ScopeLists {
    var isAll = false
    var groups: [String] = []
    var projects: [String] = []

    init(_ scopes: [ProjectScope]) {
        for scope in scopes {
            switch scope {
            case .all: isAll = true
            case .group(let group): groups.append(group)
            case .project: projects.append(scope.description)
            }
        }
    }
}
