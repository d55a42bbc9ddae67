// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// The most known issues of a project that are stored: each test case of a job is held against all of them.
package let maximumKnownIssues = 200

extension FleetStore {
    /// The known issues of a project that are stored, the latest first; expired ones are among them.
    package func knownIssues(of group: String, _ project: String) async throws -> [KnownIssue] {
        try await query(
            """
            select \(unsafeSQL: KnownIssue.columns) from known_issue
            where build_group = \(group) and build_project = \(project) order by id desc
            """
        ).decode(KnownIssue.self)
    }

    /// Stores a known issue. Of the same tests there is one: another takes its place.
    ///
    /// - Throws: ``FleetRefusal`` when the project has too many.
    package func addKnownIssue(
        _ wish: KnownIssueWish,
        to group: String,
        _ project: String,
        by author: String
    ) async throws -> KnownIssue {
        try await transaction { sql in
            // So that two at once don't both take the last place.
            try sql.execute(
                "select pg_advisory_xact_lock(hashtext('muster.known_issue'), hashtext(\(group + "/" + project)))"
            )
            let rows = try sql.query(
                """
                insert into known_issue
                    (build_group, build_project, environment, suite, test, reason, url, expires, created_by)
                select \(group), \(project), \(wish.pattern.environment), \(wish.pattern.suite), \(wish.pattern.test),
                    \(wish.reason), \(wish.url), \(wish.expires)::text::date, \(author)
                where exists (
                    select from known_issue where build_group = \(group) and build_project = \(project)
                        and environment = \(wish.pattern.environment) and suite = \(wish.pattern.suite)
                        and test = \(wish.pattern.test)
                ) or (
                    select count(*) from known_issue where build_group = \(group) and build_project = \(project)
                ) < \(maximumKnownIssues)
                on conflict (build_group, build_project, environment, suite, test) do update
                    set reason = excluded.reason, url = excluded.url, expires = excluded.expires,
                        created_by = excluded.created_by, created_at = now()
                returning \(unsafeSQL: KnownIssue.columns)
                """
            ).decode(KnownIssue.self)
            guard let issue = rows.first else { throw FleetRefusal.tooManyKnownIssues(maximum: maximumKnownIssues) }
            return issue
        }
    }

    /// Removes a known issue of a project. What was counted by it stays counted.
    ///
    /// - Throws: ``FleetRefusal`` when the project has none of this number.
    package func removeKnownIssue(_ id: Int, of group: String, _ project: String) async throws -> KnownIssue {
        let rows = try await query(
            """
            delete from known_issue
            where id = \(id) and build_group = \(group) and build_project = \(project)
            returning \(unsafeSQL: KnownIssue.columns)
            """,
            idempotent: false
        ).decode(KnownIssue.self)
        guard let issue = rows.first else { throw FleetRefusal.noSuchKnownIssue(number: id) }
        return issue
    }

    /// What the tests of a jobset said that known issues are about, those with most failures first.
    package func knownIssueOutcomes(of jobset: UUID, limit: Int) async throws -> [KnownIssueOutcome] {
        try await query(
            """
            select known.environment, known.suite, known.test, known.reason, known.url,
                sum(failures)::bigint as failures, sum(passes)::bigint as passes,
                count(distinct job.environment) filter (where failures > 0) as environments
            from job join job_known_issue as known on known.job_id = job.id
            where job.jobset_id = \(jobset)
            group by known.environment, known.suite, known.test, known.reason, known.url
            order by failures desc, known.suite, known.test, known.environment limit \(limit)
            """
        ).decode(KnownIssueOutcome.self)
    }
}

extension KnownIssue {
    /// The columns of `known_issue` that it decodes.
    static let columns = """
        id, environment, suite, test, reason, url, expires::text as expires,
            coalesce(expires < (now() at time zone 'utc')::date, false) as is_expired, created_by, created_at
        """
}

extension PostgresTransaction {
    /// Marks those failures of jobs that are about to end that their project knows of, and notes what came of each known
    /// issue. A test that several are about counts for the first: those of the configuration come before stored ones.
    ///
    /// - Parameters:
    ///   - jobs: By `group/project`.
    ///   - stored: The projects that have stored some.
    func markKnownFailures(
        ofJobs jobs: [String: [Int]],
        stored: Set<String>,
        _ configured: ConfiguredKnownIssues
    ) throws {
        let issues = try jobs.keys.sorted().flatMap { project in
            let others = stored.contains(project) ? try knownIssues(of: project) : []
            return (configured.issues(of: project) + others).map { (project: project, issue: $0) }
        }
        guard !issues.isEmpty else { return }
        try allowForSize()
        let concerned = Set(issues.map(\.project)).flatMap { jobs[$0] ?? [] }
        try execute(
            """
            with issue as (
                select * from unnest(
                    \(issues.map(\.project)),
                    \(issues.map(\.issue.environment)), \(issues.map(\.issue.suite)), \(issues.map(\.issue.test)),
                    \(issues.map { TestPattern.like($0.issue.environment) }),
                    \(issues.map { TestPattern.like($0.issue.suite) }),
                    \(issues.map { TestPattern.like($0.issue.test) }),
                    \(issues.map(\.issue.reason)), \(issues.map(\.issue.url))
                ) with ordinality as issue (
                    project, environment, suite, test, environment_like, suite_like, test_like, reason, url, place
                )
            ), matched as materialized (
                select distinct on (result.lab_job_id, result.position) result.lab_job_id, result.position,
                    result.status, job.id as job_id, issue.place
                from \(unsafeSQL: PatternedResults.tables("issue"))
                where job.id = any(\(concerned)) and result.suite <> \(TestName.lava)
                    and result.status in ('pass', 'fail')
                order by result.lab_job_id, result.position, issue.place
            ), marked as (
                update result set status = 'xfail' from matched
                where result.lab_job_id = matched.lab_job_id and result.position = matched.position
                    and matched.status = 'fail'
            )
            insert into job_known_issue (job_id, environment, suite, test, reason, url, failures, passes)
            select job_id, environment, suite, test, reason, url, count(*) filter (where status = 'fail'),
                count(*) filter (where status = 'pass')
            from matched join issue using (place)
            group by job_id, place, environment, suite, test, reason, url
            on conflict (job_id, environment, suite, test) do update
                set reason = excluded.reason, url = excluded.url, failures = excluded.failures, passes = excluded.passes
            """
        )
    }

    /// Those of a project that hold today.
    private func knownIssues(of project: String) throws -> [KnownIssue] {
        try query(
            """
            select \(unsafeSQL: KnownIssue.columns) from known_issue
            where build_group || '/' || build_project = \(project)
                and coalesce(expires >= (now() at time zone 'utc')::date, true)
            order by id
            """
        ).decode(KnownIssue.self)
    }
}
