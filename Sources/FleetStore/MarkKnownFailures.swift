// SPDX-License-Identifier: Apache-2.0

import Fleet
import Postgres

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
