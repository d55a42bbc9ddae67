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
            nullif(is_kept, false) as is_kept, results_removed_at, definitions_removed_at, reports_removed_at
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
}
