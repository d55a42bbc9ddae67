// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How reports and callbacks are delivered: section `notifier`.
    package struct Notifier: ConfigurationSection {
        @Key("prefetch", .integer(1...10_000), default: 16, "how many notifications one notifier holds at once")
        package var prefetch: Int

        @Key(
            "concurrency",
            .integer(1...1_000),
            default: 16,
            "maximum number of open callbacks per notifier; half as many mails and pushes, an eighth as many reports"
        )
        package var concurrency: Int

        @Key(
            "poll_interval_seconds",
            .seconds(0.05...3_600),
            default: .seconds(1),
            "how often to look for due deliveries"
        )
        package var pollInterval: Duration

        @Key(
            "callback_timeout_seconds",
            .seconds(0.1...600),
            default: .seconds(20),
            "time limit for one callback, from name lookup to the last byte"
        )
        package var callbackTimeout: Duration

        @Key(
            "lease_margin_seconds",
            .seconds(1...3_600),
            default: .seconds(10),
            "a notifier keeps a delivery for twice the time limit of a callback plus this"
        )
        package var leaseMargin: Duration

        @Key(
            "retry_schedule_seconds",
            .seconds(each: 0...(30 * day)),
            default: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map { Duration.seconds($0) },
            "pauses between tries; after the last one, the delivery has failed"
        )
        package var retrySchedule: [Duration]

        @Key("jitter", .fraction, default: 0.2, "maximum random share that is added to each pause")
        package var jitter: Double

        @Key(
            "response_excerpt_bytes",
            .bytes(0...mebibyte),
            default: 20_000,
            "maximum size of the stored beginning of a receiver's answer"
        )
        package var responseExcerptBytes: Int

        @Key(
            "log_kept_seconds",
            .seconds(1...(3_660 * day)),
            default: .seconds(30 * day),
            "how long tries and answers are stored after their delivery is over"
        )
        package var logKept: Duration

        @Key(
            "receiver_failing_seconds",
            .seconds(0...(366 * day)),
            default: .seconds(3 * day),
            "how long a receiver must have accepted nothing to be marked as failing"
        )
        package var receiverFailing: Duration

        @Key(
            "upkeep_interval_seconds",
            .seconds(0.05...day),
            default: .seconds(60),
            "how often to remove old tries and count failing receivers"
        )
        package var upkeepInterval: Duration

        @Key(
            "report_part_limit_seconds",
            .seconds(1...86_400),
            default: .seconds(120),
            "time limit for each part of a report that reads every test case; the rest of that part is left out"
        )
        package var reportPartLimit: Duration

        @Key(
            "metric_threshold_percent",
            .integer(0...1_000),
            default: 5,
            "minimum change, in percent, of a measurement that reports for people list"
        )
        package var metricThreshold: Int

        @Key(
            "callback_report_wait_seconds",
            .seconds(0...86_400),
            default: .seconds(60),
            "how long a callback waits for the report if its template uses values that only the report has"
        )
        package var callbackReportWait: Duration

        @Key(
            "squad_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(60),
            "time limit for pushing one test run to SQUAD"
        )
        package var squadTimeout: Duration

        @Key(
            "squad_tests_per_run",
            .integer(1...100_000),
            default: 500,
            "maximum number of test cases in one test run that is pushed to SQUAD; larger jobs have several test runs"
        )
        package var squadTestsPerRun: Int

        @Key(
            "kcidb_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(60),
            "time limit for sending one report to KernelCI's database"
        )
        package var kcidbTimeout: Duration
    }
}
