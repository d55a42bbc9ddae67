// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A jobset as it stands.
package struct JobsetStatus: Sendable, Codable, Equatable {
    package let id: UUID
    /// `/group/project/version`.
    package let build: String
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
    /// How many of them are not in a lab yet.
    package let waiting: Int
    /// How many of them a lab has.
    package let inLab: Int
    /// How many ended how; outcomes that none has are left out.
    package let outcomes: [String: Int]
    /// What the test cases of the ended jobs said.
    package let tests: TestCounts
    /// Where the callback goes; `nil` without one.
    package let callbackURL: String?
    /// What the publisher marked it with.
    package let labels: [String: String]
    /// How often each of its jobs may be tried again after a failure of its lab.
    package let retries: Int
    /// Which goes first where labs have less room than jobs: the higher, from 0 to 100.
    package let priority: Int
    /// What its report is compared with, as its publisher named it; `nil`: the latest that serves.
    package let baseline: BaselineName?
    /// Whether nothing is added to it any more.
    package let isSealed: Bool
    /// Why it was sealed by somebody else than its owner.
    package let sealedReason: String?
    /// How many jobs it was declared to have, of one that is filled piece by piece.
    package let declaredTotal: Int?
    /// How many of its jobs have failed: did not complete, or have a failed test; canceled ones aside.
    package let failures: Int
    /// How many of them may, before the rest is canceled; `nil`: all.
    package let maxFailures: FailureLimit?
    /// When what is outstanding of it ends.
    package let deadline: Date?
    /// When that took effect.
    package let deadlinePassedAt: Date?
    /// When it was canceled.
    package let canceledAt: Date?
    /// Why, in the words of whoever did.
    package let canceledReason: String?
    /// When it was accepted.
    package let createdAt: Date
    /// When its counter reached zero.
    package let finishedAt: Date?
}

extension FleetStore {
    /// A jobset as it stands; `nil` when there is none of that id.
    package func jobset(id: UUID) async throws -> JobsetStatus? {
        let rows = try await query(
            "\(unsafeSQL: Self.statusHead) where id = \(id) \(unsafeSQL: Self.statusTail)"
        )
        return try rows.first?.decode(JobsetStatus.self)
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
            verdict, generation, total, pending, jobs.*, callback ->> 'url' as callback_url, labels, retries, priority,
            baseline, sealed as is_sealed, sealed_reason, declared_total, failures,
            coalesce(max_failures::text, max_failures_percent || '%') as max_failures,
            deadline, deadline_passed_at, canceled_at, canceled_reason, created_at, finished_at
        from (select * from jobset
        """

    static let statusTail = """
        ) as jobset, lateral (
            select coalesce(sum(number) filter (where state = 'waiting'), 0)::bigint as waiting,
                coalesce(sum(number) filter (where state = 'submitted'), 0)::bigint as in_lab,
                coalesce(jsonb_object_agg(outcome, number) filter (where outcome is not null), '{}') as outcomes,
                coalesce(sum(pass), 0)::bigint as tests_pass, coalesce(sum(fail), 0)::bigint as tests_fail,
                coalesce(sum(skip), 0)::bigint as tests_skip, coalesce(sum(unknown), 0)::bigint as tests_unknown
            from (
                select state, outcome, count(*) as number, sum(tests_pass) as pass, sum(tests_fail) as fail,
                    sum(tests_skip) as skip, sum(tests_unknown) as unknown
                from job where jobset_id = jobset.id group by state, outcome
            ) as kinds
        ) as jobs
        order by created_at desc, id desc
        """
}
