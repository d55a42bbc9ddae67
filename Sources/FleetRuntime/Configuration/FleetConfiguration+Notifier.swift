// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How reports and callbacks are delivered: section `notifier`.
    public struct Notifier: Sendable {
        /// How many notifications one notifier holds at once (`notifier.prefetch`).
        public var prefetch: Int
        /// How many callbacks one notifier has open (`notifier.concurrency`).
        public var concurrency: Int
        /// How often due deliveries are looked for (`notifier.poll_interval_seconds`).
        public var pollInterval: Duration
        /// How long one callback may take, from name lookup to the last byte (`notifier.callback_timeout_seconds`).
        public var callbackTimeout: Duration
        /// How much longer than two callbacks can take a delivery belongs to one notifier
        /// (`notifier.lease_margin_seconds`).
        public var leaseMargin: Duration
        /// The pauses between attempts; when they are used up, the delivery has failed
        /// (`notifier.retry_schedule_seconds`).
        public var retrySchedule: [Duration]
        /// How much of each pause is left to chance, from 0 to 1 (`notifier.jitter`).
        public var jitter: Double
        /// How much of a receiver's answer is kept (`notifier.response_excerpt_bytes`).
        public var responseExcerptBytes: Int
        /// How long the tries of a delivery that is over are kept (`notifier.log_kept_seconds`).
        public var logKept: Duration
        /// How long a receiver must have taken nothing to be marked (`notifier.receiver_failing_seconds`).
        public var receiverFailing: Duration
        /// How often old tries are removed (`notifier.upkeep_interval_seconds`).
        public var upkeepInterval: Duration
        /// How long a part of a report may take that reads every test case (`notifier.report_part_limit_seconds`).
        public var reportPartLimit: Duration
        /// How long a callback waits for a report that its template needs (`notifier.callback_report_wait_seconds`).
        public var callbackReportWait: Duration
        /// How long SQUAD may take for one test run (`notifier.squad_timeout_seconds`).
        public var squadTimeout: Duration
        /// How many test cases are pushed to SQUAD at once (`notifier.squad_tests_per_run`).
        public var squadTestsPerRun: Int

        init(_ values: ConfigurationValues) {
            prefetch = values.integer("notifier.prefetch")
            concurrency = values.integer("notifier.concurrency")
            pollInterval = values.duration("notifier.poll_interval_seconds")
            leaseMargin = values.duration("notifier.lease_margin_seconds")
            callbackTimeout = values.duration("notifier.callback_timeout_seconds")
            retrySchedule = values.durations("notifier.retry_schedule_seconds")
            jitter = values.fraction("notifier.jitter")
            responseExcerptBytes = values.integer("notifier.response_excerpt_bytes")
            logKept = values.duration("notifier.log_kept_seconds")
            receiverFailing = values.duration("notifier.receiver_failing_seconds")
            upkeepInterval = values.duration("notifier.upkeep_interval_seconds")
            reportPartLimit = values.duration("notifier.report_part_limit_seconds")
            callbackReportWait = values.duration("notifier.callback_report_wait_seconds")
            squadTimeout = values.duration("notifier.squad_timeout_seconds")
            squadTestsPerRun = values.integer("notifier.squad_tests_per_run")
        }
    }
}
