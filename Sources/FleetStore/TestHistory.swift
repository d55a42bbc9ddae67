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
    static func history(
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
                select environment, jobset_id, created_at, test_list_id, statuses, measurements from suite_history
                where build_group = \(group) and build_project = \(project) and suite = left(\(suite), 200)
                    and environment = ran.environment
                order by created_at desc, jobset_id limit \(min(limit, historyLength))
            ) as run
        ), listed as materialized (
            select id, array_position(names, \(test)) as place
            from test_list where id in (select test_list_id from latest)
        )
        select latest.environment, jobset.id, jobset.build_version as version, latest.created_at,
            (\(unsafeSQL: CountedResults.ranks))[strpos(\(CountedResults.letters), substr(statuses, place, 1))] as status,
            -- JSON has no number for what is not finite
            nullif(nullif(nullif(measurements[place], 'NaN'), 'Infinity'), '-Infinity') as measurement
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

/// What each test said in the latest jobsets of its project: decision 48.
///
/// A trigger notes the jobsets that finish (`history_change`). Whoever adds one to the history deletes its note in the same
/// transaction, so it is added whatever dies in between, and however many do it.
extension FleetStore {
    /// Of how many jobsets the history of a suite is kept, by environment.
    package static let historyLength = TestHistory.maximumJobsets

    /// The most tests of a suite whose history is kept; the names of more would be too large for a row.
    package static let maximumHistoryTests = 100_000

    /// Adds one jobset that has finished to the history, unless somebody else is at it.
    ///
    /// - Returns: whether it has added one; then there may be more.
    /// - Throws: ``HistoryFailure`` for one that can't be added: its note is gone, so that the others get their turn.
    package func recordHistory() async throws -> Bool {
        let note = try await query("select jobset_id from history_change order by id limit 1").first
        guard let jobset = try note?.decode(UUID.self) else { return false }
        do {
            return try await recordHistory(of: jobset)
        } catch let error as PostgresError where error.sqlState.map(Self.concernsJobset) ?? false {
            try await execute("delete from history_change where jobset_id = \(jobset)")
            throw HistoryFailure(jobset: jobset, reason: "\(error)")
        }
    }

    /// Whether the server refuses what this very jobset has: its values, its size, the time that it takes.
    private static func concernsJobset(_ state: PostgresSQLState) -> Bool {
        state == .queryCanceled || ["22", "23", "54"].contains(state.errorClass)
    }

    private func recordHistory(of jobset: UUID) async throws -> Bool {
        try await transaction(idempotent: false) { sql in
            guard try sql.beginAlone(.history) else { return false }
            try sql.allowForSize()
            // Somebody else may have added it since.
            guard try sql.execute("delete from history_change where jobset_id = \(jobset)") > 0 else { return true }
            // One that was retried meanwhile is noted again when it finishes.
            let finished = try sql.query("select from jobset where id = \(jobset) and state = 'finished'")
            if !finished.isEmpty { try sql.recordHistory(of: jobset) }
            return true
        }
    }
}

/// A jobset is left out of the history of its tests.
package struct HistoryFailure: Error {
    package let jobset: UUID
    package let reason: String
}

extension PostgresTransaction {
    /// Removes what the history has of a jobset.
    func removeHistory(of jobset: UUID) throws {
        try execute("delete from history_change where jobset_id = \(jobset)")
        let lists = try query("delete from suite_history where jobset_id = \(jobset) returning test_list_id")
            .decode(Int.self)
        try removeUnused(lists)
    }

    fileprivate func recordHistory(of jobset: UUID) throws {
        var lists = try query("delete from suite_history where jobset_id = \(jobset) returning test_list_id")
            .decode(Int.self)
        try execute("set local work_mem = '64MB'")
        try execute("set local jit = off")
        try execute(Self.suites(of: jobset))
        lists += try query(Self.pruning(after: jobset)).decode(Int.self)
        try removeUnused(lists)
    }

    private func removeUnused(_ lists: [Int]) throws {
        try execute(
            """
            delete from test_list where id = any(\(Array(Set(lists))))
                and not exists (select from suite_history where test_list_id = test_list.id)
            """
        )
    }

    private static func suites(of jobset: UUID) -> PostgresStatement {
        """
        with test as (
            select job.environment, left(result.suite, 200) as suite, result.name collate "C" as name,
                max(\(unsafeSQL: CountedResults.rank)) as rank, avg(result.measurement::float8) as measurement
            from \(unsafeSQL: CountedResults.tables)
            where job.jobset_id = \(jobset) and \(unsafeSQL: CountedResults.condition)
            group by 1, 2, 3
        ), suite as materialized (
            select environment, suite, array_agg(name order by name) as names,
                string_agg(substr(\(CountedResults.letters), rank, 1), '' order by name) as statuses,
                case when count(measurement) > 0 then array_agg(measurement order by name) end as measurements
            from test group by environment, suite having count(*) <= \(FleetStore.maximumHistoryTests)
        ), digested as materialized (
            select *, sha256(convert_to(names::text, 'UTF8')) as digest from suite
        ), added as (
            insert into test_list (digest, names)
            select distinct on (digest) digest, names from digested
            on conflict (digest) do nothing
            returning id, digest
        ), list as (
            select id, digest from added
            union all
            select id, digest from test_list where digest in (select digest from digested)
        )
        insert into suite_history (jobset_id, environment, suite, build_group, build_project, created_at, test_list_id,
            statuses, measurements)
        select jobset.id, digested.environment, digested.suite, jobset.build_group, jobset.build_project,
            jobset.created_at, list.id, digested.statuses, digested.measurements
        from digested join list using (digest) join jobset on jobset.id = \(jobset)
        """
    }

    /// Deletes what is older than the latest jobsets of the suites that a jobset has run, and gives the lists of that.
    private static func pruning(after jobset: UUID) -> PostgresStatement {
        """
        delete from suite_history using (
            select build_group, build_project, suite, environment, (
                select created_at from suite_history
                where build_group = this.build_group and build_project = this.build_project and suite = this.suite
                    and environment = this.environment
                order by created_at desc offset \(FleetStore.historyLength) limit 1
            ) as last
            from suite_history as this where jobset_id = \(jobset)
        ) as old
        where suite_history.build_group = old.build_group and suite_history.build_project = old.build_project
            and suite_history.suite = old.suite and suite_history.environment = old.environment
            and suite_history.created_at <= old.last
        returning test_list_id
        """
    }
}
