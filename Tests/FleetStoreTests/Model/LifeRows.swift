// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres

/// What the rows say, in the words of ``LifeFacts``, and the rows of what has a name.
struct LifeRows: Sendable {
    var facts: LifeFacts = [:]
    /// Rows of jobs and lab jobs, by their names as text.
    private var numbers: [String: Int] = [:]
    /// Rows of attempts.
    private var attempts: [String: UUID] = [:]

    func row(of name: JobName) -> Int? { numbers["job \(name)"] }
    func row(of name: LabJobName) -> Int? { numbers["lab job \(name)"] }
    func row(of name: AttemptName) -> UUID? { attempts["attempt \(name)"] }
    /// The name of a job's attempt by its row.
    func attempt(_ id: UUID, of job: JobName) -> AttemptName? {
        let prefix = "attempt \(job)#"
        return attempts.first { $0.value == id && $0.key.hasPrefix(prefix) }
            .flatMap { Int($0.key.dropFirst(prefix.count)) }.map { AttemptName(job: job, number: $0) }
    }

    static func read(from client: PostgresClient) async throws -> LifeRows {
        var result = LifeRows()
        for row in try await client.query(everything) {
            let (key, fact, number, id) = try row.decode(String.self, String.self, Int?.self, UUID?.self)
            result.facts[key] = fact
            result.numbers[key] = number
            result.attempts[key] = id
        }
        return result
    }

    /// A jobset's number is the last digit of its id, a claimant's of its.
    private static let everything: PostgresStatement = """
        with known as (select jobset.*, right(id::text, 1) as name from jobset),
            named as (select job.*, known.name || '.' || position as label from job join known on known.id = jobset_id),
            tried as (
                select attempt.*, named.label || '#' || number as name from attempt join named on named.id = job_id
            )
        select 'jobset ' || name, concat_ws(
            ' ', case when state = 'running' then state else verdict end, 'g' || generation, 'total ' || total,
            'pending ' || pending, 'failures ' || failures,
            'missing ' || missing, 'canceled jobs ' || canceled,
            case
                when not sealed then 'open'
                when sealed_reason is null then 'sealed by owner'
                when sealed_reason like 'left open%' then 'sealed by sweep'
                when sealed_reason = 'canceled' then 'sealed by cancellation'
                when sealed_reason = 'its deadline has passed' then 'sealed by deadline'
                else sealed_reason
            end,
            'declared ' || declared_total, 'limit ' || coalesce(max_failures::text, max_failures_percent || '%'),
            'priority ' || priority,
            case when deadline <= now() then 'deadline-reached' when deadline > now() then 'deadline-ahead' end,
            case when deadline_passed_at is not null then 'deadline-passed' end,
            case when canceled_at is not null then 'canceled' end,
            'additions ' || (select count(*) from jobset_addition where jobset_id = known.id)
        ), null::bigint, null::uuid from known
        union all
        select 'job ' || label, concat_ws(
            ' ', state, 'g' || generation, outcome, 'tests ' || tests_pass || '/' || tests_fail,
            case when cancel_requested_at is not null then 'cancel' end
        ), id, null from named
        union all
        select 'attempt ' || name, concat_ws(
            ' ', state, 'g' || generation, outcome, 'held by ' || right(claimed_by::text, 1),
            case when claimed_until > now() then 'leased' end,
            case when doubtful_since is not null and state = 'submitting' then 'doubtful' end,
            case when doubted_at is not null then 'doubted' end, case when look_due_at is not null then 'sought' end,
            'surplus ' || (select count(*) from surplus_lab_job where attempt_id = tried.id)
        ), null, id from tried
        union all
        select 'lab job ' || tried.name || '/' || (lab_job.number % 10 - 1),
            concat_ws(' ', lab_job.state, health), lab_job.id, null
        from lab_job join tried on tried.id = attempt_id
        union all
        select 'delivery ' || name || 'g' || delivery.generation || ' ' || event || ' ' || kind,
            case when delivery.state <> 'due' or body is not null then 'made' else 'due' end, null, null
        from delivery join known on known.id = jobset_id
        union all
        select 'end ' || name || 'g' || jobset_end.generation, jobset_end.verdict, null, null
        from jobset_end join known on known.id = jobset_id
        union all
        select 'end ' || label || 'g' || job_end.generation, job_end.outcome, null, null
        from job_end join named on named.id = job_id
        """
}
