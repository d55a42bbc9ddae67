// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How jobs are watched and finished: section `watcher`.
    package struct Watcher: ConfigurationSection {
        /// What becomes of the lab jobs of what a jobset's deadline has ended.
        package enum LabJobsAtDeadline: String, Sendable, CaseIterable {
            case cancel, leave
        }

        @Key(
            "poll_interval_seconds",
            .seconds(0.05...3_600),
            default: .seconds(2),
            "how often a lab is polled while it sends no events"
        )
        package var pollInterval: Duration

        @Key(
            "event_poll_interval_seconds",
            .seconds(0.05...day),
            default: .seconds(60),
            "how often a lab is polled while it sends events"
        )
        package var eventPollInterval: Duration

        @Key(
            "event_retry_first_seconds",
            .seconds(0.01...3_600),
            default: .seconds(0.2),
            "the first pause before a broken event stream is opened again"
        )
        package var eventRetryFirst: Duration

        @Key("event_retry_maximum_seconds", .seconds(0.01...3_600), default: .seconds(5), "the longest such pause")
        package var eventRetryMaximum: Duration

        @Key(
            "event_absent_retry_seconds",
            .seconds(0.05...day),
            default: .seconds(60),
            "how often to try the event stream of a lab that has none or refuses it"
        )
        package var eventAbsentRetry: Duration

        @Key(
            "poll_overlap_seconds",
            .seconds(0...day),
            default: .seconds(10),
            "how far a poll goes back before the previous one, because clocks differ"
        )
        package var pollOverlap: Duration

        @Key("poll_page", .integer(1...1_000), default: 500, "number of lab jobs in one page of a poll")
        package var pollPage: Int

        @Key(
            "reconcile_interval_seconds",
            .seconds(1...day),
            default: .seconds(3_600),
            "how often jobs that no event or poll has mentioned are requested by number"
        )
        package var reconcileInterval: Duration

        @Key(
            "missing_grace_seconds",
            .seconds(0.1...day),
            default: .seconds(60),
            "minimum time between the two checks that declare a job lost"
        )
        package var missingGrace: Duration

        @Key(
            "stuck_member_limit_seconds",
            .seconds(1...(365 * day)),
            default: .seconds(900),
            "how long a member of a multinode group can still wait after another has ended"
        )
        package var stuckMemberLimit: Duration

        @Key(
            "cancel_maximum_tries",
            .integer(1...1_000),
            default: 20,
            "maximum number of requests to a lab to cancel a job"
        )
        package var cancelMaximumTries: Int

        @Key(
            "second_look_seconds",
            .seconds(0...day),
            default: .seconds(600),
            "how long after a request whose answer was lost a lab is checked once more for a job from it, and how "
                + "long to wait for members of a multinode group that a lab does not show"
        )
        package var secondLook: Duration

        @Key(
            "lease_seconds",
            .seconds(1...3_600),
            default: .seconds(6),
            "how long a watcher keeps a lab without renewing its lease"
        )
        package var lease: Duration

        @Key(
            "finished_prefetch",
            .integer(1...10_000),
            default: 128,
            "how many finished lab jobs of a lab one watcher has in hand; it fetches backends.*.concurrency of them "
                + "at once"
        )
        package var finishedPrefetch: Int

        @Key(
            "flush_interval_milliseconds",
            .milliseconds(1...60_000),
            default: .milliseconds(20),
            "how long ends that events report, look-ups of lab jobs and completions are collected for one statement; the "
                + "first one of a quiet time goes at once"
        )
        package var flushInterval: Duration

        @Key(
            "flush_maximum_interval_milliseconds",
            .milliseconds(1...60_000),
            default: .milliseconds(100),
            "limit for that time under load: after a statement for n jobs it is n times watcher.flush_interval_milliseconds"
        )
        package var flushMaximumInterval: Duration

        /// Between two statements for many jobs.
        package var flushPause: GroupPause { GroupPause(flushInterval, longest: flushMaximumInterval) }

        @Key("flush_maximum_jobs", .integer(1...10_000), default: 200, "maximum number of completions in one statement")
        package var flushMaximumJobs: Int

        @Key(
            "maximum_results_per_job",
            .integer(1...10_000_000),
            default: 100_000,
            "maximum number of results stored for one lab job"
        )
        package var maximumResultsPerJob: Int

        @Key(
            "maximum_results_bytes",
            .bytes((8 * mebibyte)...(1_024 * mebibyte)),
            default: 64 * mebibyte,
            "maximum memory for results that are fetched but not yet stored; one lab can use half of it"
        )
        package var maximumResultsBytes: Int

        @Key(
            "infrastructure_patterns",
            .patterns,
            default: [],
            "failures, by LAVA's error_msg, that are the lab's and not the build's, in addition to those of "
                + "error_type Infrastructure"
        )
        package var infrastructurePatterns: [String]

        @Key(
            "infrastructure_retry_pause_seconds",
            .seconds(0...day),
            default: .seconds(10),
            "pause before the next attempt of a job that failed because of its lab"
        )
        package var infrastructureRetryPause: Duration

        @Key(
            "open_limit_seconds",
            .seconds(1...(365 * day)),
            default: .seconds(21_600),
            "time after the last addition after which an open jobset is sealed"
        )
        package var openLimit: Duration

        @Key(
            "squad_quiet_seconds",
            .secondsOrNever(0...(365 * day)),
            default: nil,
            "how long nothing must arrive or end before a build that was submitted through SQUAD's API is sealed, if "
                + "all its jobs have ended; 0: never"
        )
        package var squadQuiet: Duration?

        @Key(
            "deadline_poll_seconds",
            .seconds(0.05...3_600),
            default: .seconds(1),
            "how often to look for jobsets whose deadline has passed"
        )
        package var deadlinePoll: Duration

        @Key(
            "deadline_lab_jobs",
            .choice,
            default: .cancel,
            "what to do with the lab jobs of jobs that a deadline has ended"
        )
        private var deadlineLabJobs: LabJobsAtDeadline

        @Key(
            "lab_gone_after_seconds",
            .seconds(1...(365 * day)),
            default: .seconds(7 * day),
            "how long a lab can be unreachable before the jobs that it has end as lost"
        )
        package var labGoneAfter: Duration

        @Key(
            "cancel_limit_seconds",
            .seconds(1...(30 * day)),
            default: .seconds(600),
            "how long to wait for a lab to confirm a cancellation before the job ends without that"
        )
        package var cancelLimit: Duration

        @Key(
            "sweep_interval_seconds",
            .seconds(0.1...day),
            default: .seconds(30),
            "interval between sweeps"
        )
        package var sweepInterval: Duration

        @Key(
            "sweep_age_seconds",
            .seconds(0.1...day),
            default: .seconds(60),
            "minimum time without progress before the sweep acts"
        )
        package var sweepAge: Duration

        @Key(
            "recount_interval_seconds",
            .seconds(1...(30 * day)),
            default: .seconds(600),
            "how often a watcher counts the waiting and submitted jobs of each lab and compares them with the stored "
                + "counts"
        )
        package var recountInterval: Duration

        @Key(
            "rollup_interval_seconds",
            .seconds(0.05...3_600),
            default: .seconds(5),
            "how often a watcher adds up what has ended, for the dashboard's views and the history of tests"
        )
        package var rollupInterval: Duration

        @Key(
            "retention_interval_seconds",
            .seconds(0.05...day),
            default: .seconds(600),
            "how often a watcher looks for what is not kept any longer"
        )
        package var retentionInterval: Duration

        @Key(
            "rejected_kept_seconds",
            .seconds(3_600...(3_660 * day)),
            default: .seconds(90 * day),
            "how long documents that were refused are stored"
        )
        package var rejectedKept: Duration

        @Key(
            "totals_kept_seconds",
            .seconds((100 * day)...(36_500 * day)),
            default: .seconds(1_100 * day),
            "how long the totals of hours and days for the dashboard's views are stored"
        )
        package var totalsKept: Duration

        /// Whether labs are told to cancel what a jobset's deadline has ended.
        package var deadlineCancels: Bool { deadlineLabJobs == .cancel }

        package var conflicts: [ConfigurationFault] {
            $eventRetryFirst.fault(
                "must not be more than \($eventRetryMaximum)",
                if: eventRetryFirst > eventRetryMaximum
            )
        }
    }
}
