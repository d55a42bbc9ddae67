// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `notifier`.
    static let notifier: [ConfigurationKey] = [
        .init(
            "notifier.prefetch",
            .integer(1...10_000),
            default: "16",
            "how many notifications one notifier holds at once"
        ),
        .init(
            "notifier.concurrency",
            .integer(1...1_000),
            default: "16",
            "how many callbacks one notifier has open; half as many mails and pushes, an eighth as many reports"
        ),
        .init(
            "notifier.poll_interval_seconds",
            .seconds(0.05...3_600),
            default: "1",
            "how often due deliveries are looked for"
        ),
        .init(
            "notifier.callback_timeout_seconds",
            .seconds(0.1...600),
            default: "20",
            "how long one callback may take, from name lookup to the last byte"
        ),
        .init(
            "notifier.lease_margin_seconds",
            .seconds(1...3_600),
            default: "10",
            "how much longer than two callbacks can take a delivery belongs to one notifier"
        ),
        .init(
            "notifier.retry_schedule_seconds",
            .secondsList(0...(30 * day)),
            default: "5, 300, 1800, 7200, 18000, 36000, 36000",
            "the pauses between attempts; when they are used up, the delivery has failed"
        ),
        .init("notifier.jitter", .fraction, default: "0.2", "how much of each pause is left to chance"),
        .init(
            "notifier.response_excerpt_bytes",
            .bytes(0...mebibyte),
            default: "20000",
            "how much of a receiver's answer is kept"
        ),
        .init(
            "notifier.log_kept_seconds",
            .seconds(1...(3_660 * day)),
            default: "2592000",
            "how long the tries of a delivery that is over are kept, with the receiver's answers"
        ),
        .init(
            "notifier.receiver_failing_seconds",
            .seconds(0...(366 * day)),
            default: "259200",
            "how long a receiver must have taken nothing to be marked as failing"
        ),
        .init(
            "notifier.upkeep_interval_seconds",
            .seconds(0.05...day),
            default: "60",
            "how often old tries are removed and failing receivers counted"
        ),
        .init(
            "notifier.report_part_limit_seconds",
            .seconds(1...86_400),
            default: "120",
            "how long each part of a report may take that reads every test case; what is not done by then is left out"
        ),
        .init(
            "notifier.callback_report_wait_seconds",
            .seconds(0...86_400),
            default: "60",
            "how long a callback waits for the report, if its own template names what only the report knows"
        ),
        .init(
            "notifier.squad_timeout_seconds",
            .seconds(0.1...3_600),
            default: "60",
            "how long SQUAD may take for one test run"
        ),
        .init(
            "notifier.squad_tests_per_run",
            .integer(1...100_000),
            default: "500",
            "how many test cases are pushed to SQUAD in one test run; a job with more has several"
        ),
    ]
}
