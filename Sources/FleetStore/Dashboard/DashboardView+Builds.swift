// SPDX-License-Identifier: Apache-2.0

/// How long builds take, and how they end.
extension DashboardView {
    static let builds: [DashboardView] = [buildTimes, buildsByDay]

    private static let buildTimes = DashboardView(
        "build_times",
        "Finished jobsets, each with the time that it took. A jobset that is retried runs again, and has no row meanwhile.",
        [.init("jobset", .uuid, "the id of the jobset")] + .project + [
            .init("build", .text, "the version of the build"),
            .init("generation", .integer, "1, and one more with each retry"),
            .init("verdict", .text, "`passed`, `failed`, `incomplete` or `canceled`"),
            .init("jobs", .integer, "its jobs"),
            .init("failures", .integer, "its jobs that failed or are missing"),
            .init("started_at", .time, "when it was accepted, or retried"),
            .init("finished_at", .time, "when it finished"),
            .init("seconds", .double, "the time from one to the other"),
        ],
        select: """
            select id as jobset, build_group, build_project, build_version as build, generation, verdict, total as jobs,
                failures, generation_started_at as started_at, finished_at,
                extract(epoch from finished_at - generation_started_at)::double precision as seconds
            from jobset where state = 'finished'
            """
    )

    private static let buildsByDay = DashboardView(
        "builds_by_day",
        "Jobsets that finished within the last 30 days, by day and project.",
        [.init("day", .date, "the day, UTC")] + .project + [
            .init("builds", .bigint, "jobsets that finished"),
            .init("passed", .bigint, "of these, those that passed"),
            .init("failed", .bigint, "of these, those that failed"),
            .init("incomplete", .bigint, "of these, those with something missing"),
            .init("canceled", .bigint, "of these, those that were canceled"),
            .init("seconds_p50", .double, "seconds that half of them did not exceed"),
            .init("seconds_p95", .double, "seconds that 95 % did not exceed"),
        ],
        select: """
            select (finished_at at time zone 'UTC')::date as day, build_group, build_project, count(*) as builds,
                count(*) filter (where verdict = 'passed') as passed,
                count(*) filter (where verdict = 'failed') as failed,
                count(*) filter (where verdict = 'incomplete') as incomplete,
                count(*) filter (where verdict = 'canceled') as canceled,
                percentile_cont(0.5) within group (
                    order by extract(epoch from finished_at - generation_started_at)::double precision
                ) as seconds_p50,
                percentile_cont(0.95) within group (
                    order by extract(epoch from finished_at - generation_started_at)::double precision
                ) as seconds_p95
            from jobset where state = 'finished' and finished_at > now() - interval '30 days'
            group by (finished_at at time zone 'UTC')::date, build_group, build_project
            """
    )
}
