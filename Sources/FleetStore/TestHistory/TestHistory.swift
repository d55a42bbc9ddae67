// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// The most environments of a test's history.
    private static let maximumEnvironments = 200

    /// What a test said in the latest jobsets of a project in which its suite ran, by environment.
    ///
    /// - Parameters:
    ///   - environment: In this environment alone; `nil`: in each.
    ///   - limit: The most jobsets of each environment, at most ``historyLength``.
    package func testHistory(
        of group: String,
        _ project: String,
        suite: String,
        test: String,
        environment: String? = nil,
        limit: Int
    ) async throws -> TestHistory {
        let rows = try await query(Self.history(group, project, suite, test, environment, limit))
        let runs = try rows.map { (try $0.decode("environment", as: String.self), try $0.decode(PastResult.self)) }
        let environments = Dictionary(grouping: runs) { $0.0 }.sorted { $0.key < $1.key }
            .map { EnvironmentHistory(environment: $0.key, jobsets: $0.value.map(\.1)) }
        return TestHistory(suite: suite, test: test, environments: environments)
    }

    /// `ran` goes from one environment to the next by the index, whatever the number of jobsets of each.
    private static func history(
        _ group: String,
        _ project: String,
        _ suite: String,
        _ test: String,
        _ environment: String?,
        _ limit: Int
    ) -> PostgresStatement {
        """
        with recursive ran as (
            (
                select environment from suite_history
                where build_group = \(group) and build_project = \(project) and suite = left(\(suite), 200)
                    and (\(environment) is null or environment = \(environment))
                order by environment limit 1
            )
            union all
            select (
                select environment from suite_history
                where build_group = \(group) and build_project = \(project) and suite = left(\(suite), 200)
                    and \(environment) is null and environment > ran.environment
                order by environment limit 1
            ) from ran where environment is not null
        ), latest as materialized (
            select run.* from (
                select environment from ran where environment is not null limit \(maximumEnvironments)
            ) as ran, lateral (
                select environment, jobset_id, created_at, test_list_id, statuses from suite_history
                where build_group = \(group) and build_project = \(project) and suite = left(\(suite), 200)
                    and environment = ran.environment
                order by created_at desc, jobset_id limit \(min(limit, historyLength))
            ) as run
        ), listed as materialized (
            select id, array_position(names, \(test)) as place
            from test_list where id in (select test_list_id from latest)
        )
        select latest.environment, jobset.id, jobset.build_version as version, latest.created_at,
            (\(unsafeSQL: CountedResults.ranks))[strpos(\(CountedResults.letters), substr(statuses, place, 1))] as status
        from latest join listed on listed.id = latest.test_list_id join jobset on jobset.id = latest.jobset_id
        order by latest.environment, latest.created_at desc, jobset.id
        """
    }

    /// How often tests failed in the latest jobsets before one, of those in which their suite ran in their environment.
    ///
    /// - Parameters:
    ///   - limit: The most jobsets.
    ///   - time: How long it may take.
    /// - Returns: What has run before; what is new has no entry.
    /// - Throws: ``QuestionFailure`` when it takes longer, or the server can't answer.
    package func earlierRuns(
        of tests: [EnvironmentTest],
        before jobset: UUID,
        limit: Int,
        within time: Duration
    ) async throws -> [EnvironmentTest: EarlierRuns] {
        guard !tests.isEmpty else { return [:] }
        let rows = try await asking(within: time) { sql in
            try sql.execute("set local jit = off")
            return try sql.query(Self.earlierRuns(tests, jobset, limit))
        }
        var runs: [EnvironmentTest: EarlierRuns] = [:]
        for row in rows {
            let place: Int = try row.decode("place")
            runs[tests[place - 1]] = try row.decode(EarlierRuns.self)
        }
        return runs
    }

    /// Each list of names is read once, however many of its tests are wanted.
    private static func earlierRuns(_ tests: [EnvironmentTest], _ jobset: UUID, _ limit: Int) -> PostgresStatement {
        """
        with wanted as materialized (
            select environment, left(suite, 200) as suite, name, place
            from unnest(\(tests.map(\.environment)), \(tests.map(\.suite)), \(tests.map(\.name)))
                with ordinality as wanted (environment, suite, name, place)
        ), latest as materialized (
            select suite.environment, suite.suite, run.test_list_id, run.statuses
            from (select distinct environment, suite from wanted) as suite,
                (select build_group, build_project, created_at from jobset where id = \(jobset)) as this,
                lateral (
                    select test_list_id, statuses from suite_history
                    where build_group = this.build_group and build_project = this.build_project
                        and suite = suite.suite and environment = suite.environment
                        and created_at <= this.created_at and jobset_id <> \(jobset)
                    order by created_at desc, jobset_id limit \(limit)
                ) as run
        ), listed as materialized (
            select id, name, position
            from test_list, unnest(names) with ordinality as listed (name, position)
            where id in (select test_list_id from latest) and name in (select name from wanted)
        )
        select wanted.place, count(*) filter (where letter in ('f', 'x')) as failed,
            count(*) filter (where letter in ('f', 'x', 'p')) as ran
        from wanted join latest using (environment, suite)
            join listed on listed.id = latest.test_list_id and listed.name = wanted.name,
            lateral (select substr(latest.statuses, listed.position::integer, 1) as letter) as said
        group by wanted.place
        """
    }
}
