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
