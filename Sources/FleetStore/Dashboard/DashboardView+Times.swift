// SPDX-License-Identifier: Apache-2.0

/// How long things take in labs, and how busy boards are: from the rollups.
extension DashboardView {
    static let times: [DashboardView] = [
        labTimes(
            "lab_times_by_hour",
            "Lab jobs whose results were stored in an hour, with their queue and run times, by lab and device type.",
            period: .init("hour", .time, "the beginning of the hour"),
            table: "lab_hour"
        ),
        labTimes(
            "lab_times_by_day",
            "The same by day.",
            period: .init("day", .date, "the day, UTC"),
            table: "lab_day"
        ),
        deviceUse,
    ]

    /// Percentiles come from classes, each of which ends 26 % later than the one before.
    private static func labTimes(_ name: String, _ meaning: String, period: Column, table: String) -> DashboardView {
        DashboardView(
            name,
            meaning,
            [
                period,
                .init("backend", .text, "the lab"),
                .init("device_type", .text, "the device type that the job asked for; empty if the lab named none"),
                .init("lab_jobs", .bigint, "lab jobs; a multinode job has several"),
                .init("results", .bigint, "results that they brought, those of LAVA's own suite included"),
                .init("queue_mean", .double, "seconds from submission to start, on average; null if none started"),
                .init("queue_p50", .double, "seconds from submission to start that half of them did not exceed"),
                .init("queue_p95", .double, "seconds from submission to start that 95 % did not exceed"),
                .init("run_mean", .double, "seconds from start to end, on average; null if none ran"),
                .init("run_p50", .double, "seconds from start to end that half of them did not exceed"),
                .init("run_p95", .double, "seconds from start to end that 95 % did not exceed"),
            ],
            select: """
                select \(period.name), backend, device_type, lab_jobs, results,
                    queue_seconds / nullif(starts, 0) as queue_mean, queue_p50, queue_p95,
                    run_seconds / nullif(runs, 0) as run_mean, run_p50, run_p95
                from \(table)
                """
        )
    }

    private static let deviceUse = DashboardView(
        "device_use_by_hour",
        "How long each board was busy, by the lab's clock. A run is counted when its results are stored.",
        [
            .init("hour", .time, "the beginning of the hour"),
            .init("backend", .text, "the lab"),
            .init("device", .text, "the board"),
            .init("device_type", .text, "the device type that the jobs asked for; empty if the lab named none"),
            .init("lab_jobs", .bigint, "runs that ended in this hour"),
            .init("busy_seconds", .double, "seconds of this hour in which it ran lab jobs of the fleet"),
            .init("busy_share", .double, "the same as a share of the hour, from 0 to 1"),
        ],
        select: """
            select hour, backend, device, device_type, lab_jobs, busy_seconds, busy_seconds / 3600 as busy_share
            from device_hour
            """
    )
}
