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
            "how many callbacks one notifier has open; half as many mails and pushes, an eighth as many reports"
        )
        package var concurrency: Int

        @Key(
            "poll_interval_seconds",
            .seconds(0.05...3_600),
            default: .seconds(1),
            "how often due deliveries are looked for"
        )
        package var pollInterval: Duration

        @Key(
            "callback_timeout_seconds",
            .seconds(0.1...600),
            default: .seconds(20),
            "how long one callback may take, from name lookup to the last byte"
        )
        package var callbackTimeout: Duration

        @Key(
            "lease_margin_seconds",
            .seconds(1...3_600),
            default: .seconds(10),
            "how much longer than two callbacks can take a delivery belongs to one notifier"
        )
        package var leaseMargin: Duration

        @Key(
            "retry_schedule_seconds",
            .seconds(each: 0...(30 * day)),
            default: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map { Duration.seconds($0) },
            "the pauses between attempts; when they are used up, the delivery has failed"
        )
        package var retrySchedule: [Duration]

        @Key("jitter", .fraction, default: 0.2, "how much of each pause is left to chance")
        package var jitter: Double

        @Key("response_excerpt_bytes", .bytes(0...mebibyte), default: 20_000, "how much of a receiver's answer is kept")
        package var responseExcerptBytes: Int

        @Key(
            "log_kept_seconds",
            .seconds(1...(3_660 * day)),
            default: .seconds(30 * day),
            "how long the tries of a delivery that is over are kept, with the receiver's answers"
        )
        package var logKept: Duration

        @Key(
            "receiver_failing_seconds",
            .seconds(0...(366 * day)),
            default: .seconds(3 * day),
            "how long a receiver must have taken nothing to be marked as failing"
        )
        package var receiverFailing: Duration

        @Key(
            "upkeep_interval_seconds",
            .seconds(0.05...day),
            default: .seconds(60),
            "how often old tries are removed and failing receivers counted"
        )
        package var upkeepInterval: Duration

        @Key(
            "report_part_limit_seconds",
            .seconds(1...86_400),
            default: .seconds(120),
            "how long each part of a report may take that reads every test case; what is not done by then is left out"
        )
        package var reportPartLimit: Duration

        @Key(
            "callback_report_wait_seconds",
            .seconds(0...86_400),
            default: .seconds(60),
            "how long a callback waits for the report, if its own template names what only the report knows"
        )
        package var callbackReportWait: Duration

        @Key(
            "squad_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(60),
            "how long SQUAD may take for one test run"
        )
        package var squadTimeout: Duration

        @Key(
            "squad_tests_per_run",
            .integer(1...100_000),
            default: 500,
            "how many test cases are pushed to SQUAD in one test run; a job with more has several"
        )
        package var squadTestsPerRun: Int
    }
}
