// SPDX-License-Identifier: Apache-2.0

/// Suites and tests by day, from the rollups. LAVA's own suite is left out.
extension DashboardView {
    static let tests: [DashboardView] = [suites, failures, flakyTests]

    private static let test: [Column] =
        .project + [
            .init("environment", .text, "what the job ran in or on"),
            .init("suite", .text, "the suite, at most 200 characters of its name"),
            .init("test", .text, "the test case, at most 250 characters of its name"),
        ]

    private static let suites = DashboardView(
        "suites_by_day",
        "What the test cases of each suite said, by day, project and environment.",
        [.init("day", .date, "the day, UTC")] + .project + [
            .init("environment", .text, "what the job ran in or on"),
            .init("suite", .text, "the suite, at most 200 characters of its name"),
            .init("runs", .bigint, "how often the suite was run"),
        ] + .tests,
        select: """
            select day, build_group, build_project, environment, suite, runs, tests_pass, tests_fail, tests_skip,
                tests_unknown, tests_xfail
            from suite_day
            """
    )

    private static let failures = DashboardView(
        "test_history",
        "The failures of each test by day. A day on which it did not fail has no row: `suites_by_day` has the runs.",
        [.init("day", .date, "the day, UTC")] + test + [
            .init("failures", .bigint, "how often it failed"),
            .init("runs", .bigint, "how often its suite was run"),
            .init("last_failed_at", .time, "when the results of its last failure were stored"),
            .init("last_jobset", .uuid, "the jobset of that failure"),
        ],
        select: """
            select test_day.day, test_day.build_group, test_day.build_project, test_day.environment, test_day.suite,
                test_day.name as test, failures, runs, last_at as last_failed_at, last_jobset_id as last_jobset
            from test_day left join suite_day using (build_group, build_project, environment, suite, day)
            """
    )

    private static let flakyTests = DashboardView(
        "flaky_tests",
        "Tests that failed within the last 7 days in some runs of their suite and not in others.",
        test + [
            .init("failures", .bigint, "how often it failed"),
            .init("runs", .bigint, "how often its suite was run"),
            .init("failed_share", .double, "failures as a share of runs"),
            .init("days", .bigint, "on how many of the days it failed"),
            .init("last_failed_at", .time, "when the results of its last failure were stored"),
            .init("last_jobset", .uuid, "the jobset of that failure"),
        ],
        select: """
            with recent as (
                select build_group, build_project, environment, suite, name, sum(failures)::bigint as failures,
                    count(*) as days, max(last_at) as last_at,
                    (array_agg(last_jobset_id order by last_at desc))[1] as last_jobset
                from test_day where day > (now() at time zone 'UTC')::date - 7
                group by build_group, build_project, environment, suite, name
            ), ran as (
                select build_group, build_project, environment, suite, sum(runs)::bigint as runs
                from suite_day where day > (now() at time zone 'UTC')::date - 7
                group by build_group, build_project, environment, suite
            )
            select build_group, build_project, environment, suite, name as test, failures, runs,
                failures::double precision / runs as failed_share, days, last_at as last_failed_at, last_jobset
            from recent join ran using (build_group, build_project, environment, suite)
            where failures < runs
            """
    )
}
