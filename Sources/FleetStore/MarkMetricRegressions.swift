// SPDX-License-Identifier: Apache-2.0

import Fleet
import Postgres

/// How many jobsets before say what is usual.
private let usualJobsets = 5

/// How many measurements are compared at once: the jobsets are locked meanwhile.
private let maximumMeasured = 5_000

extension PostgresTransaction {
    /// Makes those tests of jobs that are about to end fail whose measurements are worse than usual by more than their
    /// project allows. What is usual is the median of the latest jobsets before, by environment, suite and name.
    ///
    /// - Parameter jobs: By `group/project`.
    func markMetricRegressions(ofJobs jobs: [String: [Int]], _ configured: MetricLimits) throws {
        let rules = jobs.keys.sorted().flatMap { project in
            configured.limits(of: project).map { (project: project, limit: $0) }
        }
        guard !rules.isEmpty else { return }
        try allowForSize()
        let concerned = Set(rules.map(\.project)).flatMap { jobs[$0] ?? [] }
        try execute(
            """
            with rule as (
                select * from unnest(
                    \(rules.map(\.project)),
                    \(rules.map { TestPattern.like($0.limit.pattern.environment) }),
                    \(rules.map { TestPattern.like($0.limit.pattern.suite) }),
                    \(rules.map { TestPattern.like($0.limit.pattern.test) }),
                    \(rules.map { $0.limit.better == .lower }), \(rules.map(\.limit.percent))
                ) with ordinality as rule (
                    project, environment_like, suite_like, test_like, is_lower_better, percent, place
                )
            ), measured as materialized (
                select distinct on (result.lab_job_id, result.position) result.lab_job_id, result.position,
                    result.measurement::float8 as value, job.environment, left(result.suite, 200) as suite, result.name,
                    jobset.id as jobset_id, build_group, build_project, jobset.created_at,
                    rule.is_lower_better, rule.percent
                from \(unsafeSQL: PatternedResults.tables("rule"))
                where job.id = any(\(concerned)) and result.suite <> \(TestName.lava)
                    and result.status = 'pass' and result.measurement is not null
                order by result.lab_job_id, result.position, rule.place limit \(maximumMeasured)
            ), earlier as materialized (
                select suite.jobset_id, suite.environment, suite.suite, run.test_list_id, run.measurements
                from (
                    select distinct jobset_id, build_group, build_project, created_at, environment, suite from measured
                ) as suite, lateral (
                    select test_list_id, measurements from suite_history
                    where build_group = suite.build_group and build_project = suite.build_project
                        and suite = suite.suite and environment = suite.environment
                        and created_at <= suite.created_at and jobset_id <> suite.jobset_id
                        and measurements is not null
                    order by created_at desc, jobset_id limit \(usualJobsets)
                ) as run
            ), listed as materialized (
                select id, name, place
                from test_list, unnest(names) with ordinality as listed (name, place)
                where id in (select test_list_id from earlier) and name in (select name from measured)
            ), usual as (
                select measured.lab_job_id, measured.position,
                    percentile_cont(0.5) within group (order by earlier.measurements[listed.place]) as value
                from measured join earlier using (jobset_id, environment, suite)
                    join listed on listed.id = earlier.test_list_id and listed.name = measured.name
                group by measured.lab_job_id, measured.position
            )
            update result set status = 'fail'
            from measured join usual using (lab_job_id, position)
            where result.lab_job_id = measured.lab_job_id and result.position = measured.position and usual.value <> 0
                and case when measured.is_lower_better
                    then measured.value - usual.value > abs(usual.value) * measured.percent / 100
                    else usual.value - measured.value > abs(usual.value) * measured.percent / 100 end
            """
        )
    }
}
