// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Compares a finished jobset with another, or, without another, gives its measurements alone.
    ///
    /// The comparison is the database's, in one statement that spills to its disk: what comes back is no more than the
    /// limits say, however many results there are. Only the last attempt of each job counts, and LAVA's own suite `lava`
    /// is left out. A test is the same in both when environment, job, suite, run of the suite, role and name are. Jobs of
    /// an environment that only one of the two has by their name are compared together, as if they were one: what was
    /// renamed is found again by its tests.
    ///
    /// - Parameters:
    ///   - environments: Of these environments alone, so that a large comparison is made piece by piece; `nil`: of all.
    ///   - limit: The most tests of each kind.
    ///   - metricLimit: The most measurements.
    ///   - listsStillFailing: Whether tests that fail in both are listed too, not only counted.
    ///   - time: How long it may take; `nil`: as long as any statement.
    /// - Throws: ``QuestionFailure`` when it takes longer, or the server can't make it.
    package func compare(
        _ jobset: UUID,
        with baseline: UUID?,
        environments: [String]? = nil,
        limit: Int,
        metricLimit: Int,
        listsStillFailing: Bool = false,
        within time: Duration? = nil
    ) async throws -> TestComparison {
        let rows = try await asking(within: time) { sql in
            // A million results are aggregated: worth more memory than a usual statement, and no compiling.
            try sql.execute("set local work_mem = '64MB'")
            try sql.execute("set local hash_mem_multiplier = 4")
            try sql.execute("set local jit = off")
            // Their number comes with the first of them.
            let stillFailing = listsStillFailing ? limit : 1
            return try sql.query(
                Self.comparison(jobset, baseline, environments, limit, stillFailing: stillFailing, metricLimit)
            )
        }
        var comparison = TestComparison()
        for row in rows {
            let kind: TestComparison.Kind? = try row.decode("kind")
            let total: Int = try row.decode("total")
            if let kind {
                comparison.totals[kind] = total
                if kind == .missingSuite {
                    comparison.missingSuites.append(try row.decode(MissingSuite.self))
                } else if kind != .stillFailing || listsStillFailing {
                    comparison.tests[kind, default: []].append(try row.decode(ComparedTest.self))
                }
            } else {
                comparison.metricTotal = total
                comparison.metrics.append(try row.decode(ComparedMeasurement.self))
            }
        }
        return comparison
    }

    /// `test` is every test of either jobset once, with its worst status (fail, xfail, pass, skip, unknown) in each. It
    /// looks at environments that the later jobset has. Conditions are written so that the planner reckons with many rows, and
    /// hashes where it would otherwise sort: that is four times as fast. `suite_run` brings what `run` knows, for to join `run` again
    /// took the product of jobs and results where the planner reckoned with few. Of the rest of the statement, rows beyond the limits are only counted.
    private static func comparison(
        _ jobset: UUID,
        _ baseline: UUID?,
        _ environments: [String]?,
        _ limit: Int,
        stillFailing: Int,
        _ metricLimit: Int
    ) -> PostgresStatement {
        """
        with environment as (
            select environment, bool_or(outcome <> 'complete') as is_incomplete
            from job where jobset_id = \(jobset)
                and (\(environments == nil) or environment = any(\(environments ?? []))) group by environment
        ),
        named as materialized (
            select job.id as job_id, job.jobset_id = \(jobset) as is_after, job.environment,
                \(unsafeSQL: JobMatch.key) as key
            from job join jobset on jobset.id = job.jobset_id
            where job.jobset_id = any(array[\(jobset), \(baseline)]::uuid[])
                and job.environment in (select environment from environment)
        ),
        matched as (
            select environment, key from named group by environment, key
            having \(baseline) is null or (bool_or(is_after) and bool_or(not is_after))
        ),
        run as materialized (
            select lab_job.id as lab_job_id, job.jobset_id = \(jobset) as is_after,
                job.environment collate "C" as environment, coalesce(lab_job.role, '') collate "C" as role,
                -- no name has a space at its end
                coalesce(matched.key, ' ') collate "C" as job, coalesce(job.name, '') collate "C" as job_name, job.outcome <> 'complete' as is_incomplete
            from job join named on named.job_id = job.id 
                left join matched on matched.environment = named.environment and matched.key = named.key
                join lateral (
                    select id, outcome from attempt where job_id = job.id order by number desc limit 1
                ) as attempt on true
                join lab_job on lab_job.attempt_id = attempt.id
            where job.jobset_id = any(array[\(jobset), \(baseline)]::uuid[]) and job.outcome is not null
                and job.environment in (select environment from environment)
                and lab_job.state = 'fetched' and coalesce(attempt.outcome = job.outcome, true)
        ),
        suite_run as materialized (
            select suite.*, row_number() over (partition by lab_job_id, suite order by suite_number) as number
            from (
                select distinct on (lab_job_id, suite_number) run.*, suite_number, suite
                from run join result using (lab_job_id) where suite <> 'lava'
                order by lab_job_id, suite_number
            ) as suite
        ),
        test as materialized (
            select environment, job, result.suite collate "C" as suite, suite_run.number as suite_run, role,
                name collate "C" as name,
                coalesce(max(job_name) filter (where is_after), max(job_name)) as job_name,
                max(rank) filter (where not is_after) as before, max(rank) filter (where is_after) as after,
                avg(measurement::float8) filter (where not is_after) as before_value,
                avg(measurement::float8) filter (where is_after) as after_value, max(units) as units,
                max(array[rank, lab_job_id, position]) filter (where is_after) as worst,
                bool_or(is_incomplete and is_after) as is_incomplete
            from suite_run join result using (lab_job_id, suite_number),
                lateral (select \(unsafeSQL: CountedResults.rank) as rank) as rank
            where result.suite <> 'lava'
            group by name collate "C", result.suite collate "C", environment, job, suite_run.number, role
        ),
        change as (
            select *, count(*) over (partition by kind) as total, row_number() over (
                partition by kind order by environment, job_name, suite, suite_run, role, name
            ) as place
            from (
                select test.*, case
                    when \(baseline) is null then null
                    when after = 5 and before = 3 then 'regression'
                    when after = 5 and before in (4, 5) then 'still_failing'
                    when after = 5 then 'new_failure'
                    when after = 3 and before in (4, 5) then 'fix'
                    when after is null then 'vanished'
                end as kind
                from test
            ) as kinds
            where kind is not null
        ),
        metric as (
            select *, null::text as kind, count(*) over () as total, row_number() over (
                order by abs((after_value - before_value) / nullif(before_value, 0)) desc nulls last,
                    environment, job_name, suite, suite_run, role, name
            ) as place
            from test where after_value is not null
        ),
        missing_suite as (
            select *, count(*) over () as total, row_number() over (
                order by environment, job_name, suite, suite_run, role
            ) as place
            from (
                select environment, max(job_name) as job_name, suite, suite_run, role, count(*)::float8 as tests
                from test where \(baseline) is not null
                group by environment, job, suite, suite_run, role having count(after) = 0
            ) as suite
        )
        select listed.kind, listed.total, listed.place, listed.environment,
            nullif(listed.job_name, '') as job_name, listed.suite, listed.suite_run,
            nullif(listed.role, '') as role,
            listed.name, (\(unsafeSQL: CountedResults.ranks))[listed.before] as before, (\(unsafeSQL: CountedResults.ranks))[listed.after] as after,
            listed.before_value, listed.after_value, listed.units,
            coalesce(case when listed.after is null then environment.is_incomplete else listed.is_incomplete end, false)
                as is_job_incomplete,
            lab_job.backend, lab_job.number as lab_job, result.start_log_line,
            null::text as url
        from (
            select kind, total, place, environment, job_name, suite, suite_run, role, name, before, after, before_value,
                after_value, units, worst, is_incomplete
            from change where place <= case kind when 'still_failing' then \(stillFailing) else \(limit) end
            union all
            select kind, total, place, environment, job_name, suite, suite_run, role, name, before, after, before_value,
                after_value, units, worst, is_incomplete
            from metric where place <= \(metricLimit)
            union all
            select 'missing_suite', total, place, environment, job_name, suite, suite_run, role, '', null, null, tests,
                null, null, null, null
            from missing_suite where place <= \(limit)
        ) as listed
            left join environment on environment.environment = listed.environment collate "default"
            left join lab_job on lab_job.id = listed.worst[2]
            left join result on result.lab_job_id = listed.worst[2] and result.position = listed.worst[3]
        order by listed.kind, listed.place
        """
    }

    /// The environments that only one of two jobsets has.
    ///
    /// - Parameter limit: The most names of either.
    package func environmentDifferences(
        of jobset: UUID,
        with baseline: UUID,
        limit: Int
    ) async throws -> EnvironmentDifferences {
        let rows = try await query(
            """
            select environment, is_after, total from (
                select environment, is_after, count(*) over (partition by is_after) as total,
                    row_number() over (partition by is_after order by environment) as place
                from (
                    select environment, bool_or(jobset_id = \(jobset)) as is_after from job
                    where jobset_id in (\(jobset), \(baseline)) group by environment
                    having bool_or(jobset_id = \(jobset)) <> bool_or(jobset_id = \(baseline))
                ) as single
            ) as listed
            where place <= \(limit) order by is_after, place
            """
        ).decode(SingleEnvironment.self)
        var differences = EnvironmentDifferences()
        for row in rows {
            if row.isAfter {
                differences.new.append(row.environment)
                differences.newTotal = row.total
            } else {
                differences.missing.append(row.environment)
                differences.missingTotal = row.total
            }
        }
        return differences
    }

    /// All that a finished jobset and another of its project differ in.
    ///
    /// - Parameters:
    ///   - environment: Tests and measurements of this environment alone; `nil`: of all.
    ///   - limit: The most tests of each kind, jobs and environments.
    ///   - metricLimit: The most measurements.
    ///   - time: How long the comparison of the tests may take.
    /// - Throws: ``QuestionFailure`` when it takes longer, or the server can't make it; ``FleetRefusal`` when one of them
    ///   has no results any more, or was retried.
    package func difference(
        of jobset: UUID,
        from baseline: UUID,
        environment: String? = nil,
        limit: Int,
        metricLimit: Int,
        within time: Duration
    ) async throws -> JobsetDifference {
        let difference = JobsetDifference(
            tests: try await compare(
                jobset,
                with: baseline,
                environments: environment.map { [$0] },
                limit: limit,
                metricLimit: metricLimit,
                listsStillFailing: true,
                within: time
            ),
            jobs: try await jobDifferences(of: jobset, with: baseline, limit: limit),
            environments: try await environmentDifferences(of: jobset, with: baseline, limit: limit)
        )
        // Last, for results may have gone meanwhile: then what is found is not true.
        let changed = try await query(
            """
            select id, pending, results_removed_at is not null as is_removed from jobset
            where id in (\(jobset), \(baseline)) and (results_removed_at is not null or state <> 'finished') limit 1
            """
        ).first?.decode(IncomparableJobset.self)
        guard let changed else { return difference }
        throw changed.isRemoved
            ? FleetRefusal.noLongerKept(jobset: changed.id.text, part: .results)
            : FleetRefusal.stillRunning(jobset: changed.id.text, pending: changed.pending)
    }
}

/// A jobset that can't be compared.
private struct IncomparableJobset: Decodable {
    let id: UUID
    let pending: Int
    let isRemoved: Bool
}

/// An environment that the other jobset does not have.
private struct SingleEnvironment: Decodable {
    let environment: String
    let isAfter: Bool
    /// How many there are of that jobset.
    let total: Int
}

/// How jobs of one jobset are found again in another.
enum JobMatch {
    /// What a job of `job` joined with `jobset` is matched by within its environment: its name without the version of the
    /// build, which many authors write into it. A version of few characters may stand there by chance.
    static let key = """
        case when length(build_version) < 4 then coalesce(name, '')
            else replace(coalesce(name, ''), build_version, '') end
        """
}

extension FleetStore {
    /// The jobs that only one of two jobsets has by their name, in environments that both have.
    ///
    /// - Parameter limit: The most jobs of either that are looked at.
    package func jobDifferences(of jobset: UUID, with baseline: UUID, limit: Int) async throws -> JobDifferences {
        let rows = try await query(
            """
            with named as (
                select job.jobset_id = \(jobset) as is_after, job.environment, job.name, job.position,
                    \(unsafeSQL: JobMatch.key) as key
                from job join jobset on jobset.id = job.jobset_id
                where job.jobset_id in (\(jobset), \(baseline))
            ), shared as (
                select environment from named group by environment having bool_or(is_after) and bool_or(not is_after)
            )
            select environment, name, is_after from named
            where environment in (select environment from shared) and not exists (
                select from named as other where other.environment = named.environment and other.key = named.key
                    and other.is_after <> named.is_after
            )
            order by environment, is_after, position limit \(limit)
            """
        ).decode(UnmatchedJob.self)
        return JobDifferences(
            after: rows.filter(\.isAfter).map { NamedJob(environment: $0.environment, name: $0.name) },
            before: rows.filter { !$0.isAfter }.map { NamedJob(environment: $0.environment, name: $0.name) }
        )
    }
}

/// A job that the other jobset does not have.
private struct UnmatchedJob: Decodable {
    let environment: String
    let name: String?
    let isAfter: Bool
}

/// How much there is to compare of one environment.
package struct EnvironmentSize: Sendable, Equatable, Decodable {
    package let environment: String
    /// How many test cases its jobs have in both jobsets.
    package let tests: Int

    /// A size as given.
    package init(environment: String, tests: Int) {
        self.environment = environment
        self.tests = tests
    }
}

extension FleetStore {
    /// The environments of a jobset, each with how many test cases it and `baseline` have of it, by the counts of the jobs.
    package func environmentSizes(of jobset: UUID, with baseline: UUID?) async throws -> [EnvironmentSize] {
        try await query(
            """
            select environment, sum(tests_pass::bigint + tests_fail + tests_xfail + tests_skip + tests_unknown)::bigint as tests
            from job where jobset_id = any(array[\(jobset), \(baseline)]::uuid[])
            group by environment having bool_or(jobset_id = \(jobset)) order by environment
            """
        ).decode(EnvironmentSize.self)
    }
}
