// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation
import Postgres

/// A jobset as it stands.
public struct JobsetStatus: Sendable, Codable, Equatable {
    /// Its id.
    public let id: UUID
    /// `/group/project/version`.
    public let build: String
    /// Where it is on its way.
    public let state: JobsetState
    /// What became of it; `nil` while it runs.
    public let verdict: Verdict?
    /// Which of its lives this is, from 1.
    public let generation: Int
    /// How many jobs it has.
    public let total: Int
    /// How many of them have not ended.
    public let pending: Int
    /// How many of them are not in a lab yet.
    public let waiting: Int
    /// How many of them a lab has.
    public let inLab: Int
    /// How many ended how; outcomes that none has are left out.
    public let outcomes: [String: Int]
    /// What the test cases of the ended jobs said.
    public let tests: TestCounts
    /// Where the callback goes; `nil` without one.
    public let callbackURL: String?
    /// What the publisher marked it with.
    public let labels: [String: String]
    /// How often each of its jobs may be tried again after a failure of its lab.
    public let retries: Int
    /// Which goes first where labs have less room than jobs: the higher, from 0 to 100.
    public let priority: Int
    /// What its report is compared with, as its publisher named it; `nil`: the latest that serves.
    public let baseline: BaselineName?
    /// Whether nothing is added to it any more.
    public let isSealed: Bool
    /// Why it was sealed by somebody else than its owner.
    public let sealedReason: String?
    /// How many jobs it was declared to have, of one that is filled piece by piece.
    public let declaredTotal: Int?
    /// How many of its jobs have failed: did not complete, or have a failed test; canceled ones aside.
    public let failures: Int
    /// How many of them may, before the rest is canceled; `nil`: all.
    public let maxFailures: FailureLimit?
    /// When what is outstanding of it ends.
    public let deadline: Date?
    /// When that took effect.
    public let deadlinePassedAt: Date?
    /// When it was canceled.
    public let canceledAt: Date?
    /// Why, in the words of whoever did.
    public let canceledReason: String?
    /// When it was accepted.
    public let createdAt: Date
    /// When its counter reached zero.
    public let finishedAt: Date?
}

extension FleetStore {
    /// A jobset as it stands; `nil` when there is none of that id.
    public func jobset(id: UUID) async throws -> JobsetStatus? {
        let rows = try await client.query(
            "\(unsafeSQL: Self.statusHead) where id = \(id) \(unsafeSQL: Self.statusTail)",
            idempotent: true
        )
        return try rows.first.map(Self.status)
    }

    /// What a jobset tests; `nil` when there is none of that id.
    public func build(of jobset: UUID) async throws -> Build? {
        try await client.query(
            "select build_group, build_project, build_version from jobset where id = \(jobset)",
            idempotent: true
        ).first.flatMap { row in
            let (group, project, version) = try row.decode(String.self, String.self, String.self)
            return Build(group: group, project: project, version: version)
        }
    }

    /// Which jobsets are asked for stands between the head and the tail.
    static let statusHead = """
        select jobset.id, build_group, build_project, build_version, jobset.state, verdict,
            generation::bigint as generation, total::bigint as total, pending::bigint as pending,
            jobs.*, callback ->> 'url' as callback_url, labels, retries::bigint as retries,
            priority::bigint as priority, baseline, sealed, sealed_reason, declared_total::bigint as declared_total,
            failures::bigint as failures, coalesce(max_failures::text, max_failures_percent || '%') as max_failures,
            deadline, deadline_passed_at, canceled_at, canceled_reason, created_at, finished_at
        from (select * from jobset
        """

    static let statusTail = """
        ) as jobset, lateral (
            select coalesce(sum(number) filter (where state = 'waiting'), 0)::bigint as waiting,
                coalesce(sum(number) filter (where state = 'submitted'), 0)::bigint as in_lab,
                coalesce(jsonb_object_agg(outcome, number) filter (where outcome is not null), '{}') as outcomes,
                coalesce(sum(pass), 0)::bigint as pass, coalesce(sum(fail), 0)::bigint as fail,
                coalesce(sum(skip), 0)::bigint as skip, coalesce(sum(unknown), 0)::bigint as unknown
            from (
                select state, outcome, count(*) as number, sum(tests_pass) as pass, sum(tests_fail) as fail,
                    sum(tests_skip) as skip, sum(tests_unknown) as unknown
                from job where jobset_id = jobset.id group by state, outcome
            ) as kinds
        ) as jobs
        order by created_at desc, id desc
        """

    static func status(_ row: PostgresRow) throws -> JobsetStatus {
        let group: String = try row.decode("build_group")
        let project: String = try row.decode("build_project")
        let version: String = try row.decode("build_version")
        let maxFailures: String? = try row.decode("max_failures")
        let baseline: String? = try row.decode("baseline")
        return JobsetStatus(
            id: try row.decode("id"),
            build: "/\(group)/\(project)/\(version)",
            state: try row.decode("state"),
            verdict: try row.decode("verdict"),
            generation: try row.decode("generation"),
            total: try row.decode("total"),
            pending: try row.decode("pending"),
            waiting: try row.decode("waiting"),
            inLab: try row.decode("in_lab"),
            outcomes: try row.decode("outcomes", as: PostgresJSON<[String: Int]>.self).value,
            tests: TestCounts(
                pass: try row.decode("pass"),
                fail: try row.decode("fail"),
                skip: try row.decode("skip"),
                unknown: try row.decode("unknown")
            ),
            callbackURL: try row.decode("callback_url"),
            labels: try row.decode("labels", as: PostgresJSON<[String: String]>.self).value,
            retries: try row.decode("retries"),
            priority: try row.decode("priority"),
            baseline: baseline.flatMap { BaselineName($0) },
            isSealed: try row.decode("sealed"),
            sealedReason: try row.decode("sealed_reason"),
            declaredTotal: try row.decode("declared_total"),
            failures: try row.decode("failures"),
            maxFailures: maxFailures.flatMap { FailureLimit($0) },
            deadline: try row.decode("deadline"),
            deadlinePassedAt: try row.decode("deadline_passed_at"),
            canceledAt: try row.decode("canceled_at"),
            canceledReason: try row.decode("canceled_reason"),
            createdAt: try row.decode("created_at"),
            finishedAt: try row.decode("finished_at")
        )
    }
}
