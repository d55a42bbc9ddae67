// SPDX-License-Identifier: Apache-2.0

import Fleet

/// How much ends, and how: from the rollups.
extension DashboardView {
    static let rates: [DashboardView] = [throughput, outcomes, reasons]

    /// Jobs that ended in each hour.
    package static let throughput = DashboardView(
        "throughput_by_hour",
        "Jobs that ended, by hour and lab. Hours in which none ended have no row.",
        [
            .init("hour", .time, "the beginning of the hour"),
            .init("backend", .text, "the lab"),
            .init("jobs", .bigint, "jobs that ended"),
            .init("complete", .bigint, "of these, jobs that ran to their end"),
            .init("incomplete", .bigint, "of these, jobs that did not"),
            .init("canceled", .bigint, "of these, jobs that were canceled"),
            .init("rejected", .bigint, "of these, jobs that the lab refused"),
            .init("lost", .bigint, "of these, jobs that the lab no longer knows"),
            .init("expired", .bigint, "of these, jobs that exceeded a time limit"),
            .init("undeliverable", .bigint, "of these, jobs that could not be brought into the lab"),
        ] + .tests,
        select: """
            select hour, backend, sum(jobs)::bigint as jobs,
                \(outcomeColumns),
                sum(tests_pass)::bigint as tests_pass, sum(tests_fail)::bigint as tests_fail,
                sum(tests_skip)::bigint as tests_skip, sum(tests_unknown)::bigint as tests_unknown,
                sum(tests_xfail)::bigint as tests_xfail
            from job_hour group by hour, backend
            """
    )

    private static let outcomeColumns = JobOutcome.allCases.map { outcome in
        "coalesce(sum(jobs) filter (where outcome = '\(outcome.rawValue)'), 0)::bigint as \(outcome.rawValue)"
    }.joined(separator: ", ")

    private static let outcomeWords = JobOutcome.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")

    private static let outcomes = DashboardView(
        "outcomes_by_hour",
        "Jobs that ended, by hour, lab, project and outcome.",
        [.init("hour", .time, "the beginning of the hour"), .init("backend", .text, "the lab")] + .project + [
            .init("outcome", .text, outcomeWords),
            .init("jobs", .bigint, "jobs that ended so"),
        ] + .tests,
        select: """
            select hour, backend, build_group, build_project, outcome, jobs, tests_pass, tests_fail, tests_skip,
                tests_unknown, tests_xfail
            from job_hour
            """
    )

    private static let reasons = DashboardView(
        "reasons_by_day",
        "Why jobs did not complete. Reasons that differ only in their numbers count as one.",
        [
            .init("day", .date, "the day, UTC"),
            .init("backend", .text, "the lab"),
            .init("outcome", .text, outcomeWords),
            .init(
                "reason",
                .text,
                "the reason, with `#` for each number, at most 200 characters; empty if none was given"
            ),
            .init("jobs", .bigint, "jobs that ended for this reason"),
        ],
        select: "select day, backend, outcome, reason, jobs from reason_day"
    )
}
