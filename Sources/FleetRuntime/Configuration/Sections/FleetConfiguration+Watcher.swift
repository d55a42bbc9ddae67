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
            "how often a lab is asked what finished while its events are silent"
        )
        package var pollInterval: Duration

        @Key(
            "event_poll_interval_seconds",
            .seconds(0.05...day),
            default: .seconds(60),
            "how often it is asked all the same while its events flow"
        )
        package var eventPollInterval: Duration

        @Key(
            "event_retry_first_seconds",
            .seconds(0.01...3_600),
            default: .seconds(0.2),
            "the pause before a lab's event stream that broke is opened again"
        )
        package var eventRetryFirst: Duration

        @Key("event_retry_maximum_seconds", .seconds(0.01...3_600), default: .seconds(5), "the longest such pause")
        package var eventRetryMaximum: Duration

        @Key(
            "event_absent_retry_seconds",
            .seconds(0.05...day),
            default: .seconds(60),
            "how often a lab that has no event stream, or does not let us see it, is asked for it again"
        )
        package var eventAbsentRetry: Duration

        @Key(
            "poll_overlap_seconds",
            .seconds(0...day),
            default: .seconds(10),
            "how far a poll looks back before the last one, against clocks that differ"
        )
        package var pollOverlap: Duration

        @Key("poll_page", .integer(1...1_000), default: 500, "how many lab jobs one page of a poll holds")
        package var pollPage: Int

        @Key(
            "reconcile_interval_seconds",
            .seconds(1...day),
            default: .seconds(3_600),
            "how often jobs that nobody has heard of are asked for"
        )
        package var reconcileInterval: Duration

        @Key(
            "missing_grace_seconds",
            .seconds(0.1...day),
            default: .seconds(60),
            "how far apart the two looks are that show that a lab no longer knows a job"
        )
        package var missingGrace: Duration

        @Key(
            "stuck_member_limit_seconds",
            .seconds(1...(365 * day)),
            default: .seconds(900),
            "how long a member of a multinode group may go on waiting once another has ended"
        )
        package var stuckMemberLimit: Duration

        @Key(
            "cancel_maximum_tries",
            .integer(1...1_000),
            default: 20,
            "how often a lab is told to cancel a job before that is given up"
        )
        package var cancelMaximumTries: Int

        @Key(
            "second_look_seconds",
            .seconds(0...day),
            default: .seconds(600),
            "how long after a request whose answer was lost a lab is asked once more whether it has carried it out, and how long the members of a multinode group are waited for that a lab does not show"
        )
        package var secondLook: Duration

        @Key(
            "lease_seconds",
            .seconds(1...3_600),
            default: .seconds(6),
            "how long a backend belongs to one watcher without a renewal"
        )
        package var lease: Duration

        @Key(
            "finished_prefetch",
            .integer(1...10_000),
            default: 64,
            "how many finished lab jobs of a lab one watcher has in hand; it fetches backends.*.concurrency of them at once"
        )
        package var finishedPrefetch: Int

        @Key(
            "flush_interval_milliseconds",
            .milliseconds(1...60_000),
            default: .milliseconds(20),
            "how long completions are gathered into one statement"
        )
        package var flushInterval: Duration

        @Key("flush_maximum_jobs", .integer(1...10_000), default: 200, "the most completions in one statement")
        package var flushMaximumJobs: Int

        @Key("maximum_results_per_job", .integer(1...10_000_000), default: 100_000, "the most results kept of one job")
        package var maximumResultsPerJob: Int

        @Key(
            "maximum_results_bytes",
            .bytes((8 * mebibyte)...(1_024 * mebibyte)),
            default: 64 * mebibyte,
            "the most memory for results that are fetched and not yet stored; one lab takes at most half"
        )
        package var maximumResultsBytes: Int

        @Key(
            "infrastructure_patterns",
            .patterns,
            default: [],
            "which failures, by LAVA's error_msg, are the lab's and not the build's, besides those of error_type Infrastructure"
        )
        package var infrastructurePatterns: [String]

        @Key(
            "infrastructure_retry_pause_seconds",
            .seconds(0...day),
            default: .seconds(10),
            "how long after an attempt that its lab failed the next one begins"
        )
        package var infrastructureRetryPause: Duration

        @Key(
            "open_limit_seconds",
            .seconds(1...(365 * day)),
            default: .seconds(21_600),
            "how long after the last addition an open jobset is sealed by itself"
        )
        package var openLimit: Duration

        @Key(
            "squad_quiet_seconds",
            .secondsOrNever(0...(365 * day)),
            default: nil,
            "how long nothing may come in or end before a build that is submitted the way of SQUAD is sealed by itself, once all its jobs have ended; 0: never"
        )
        package var squadQuiet: Duration?

        @Key(
            "deadline_poll_seconds",
            .seconds(0.05...3_600),
            default: .seconds(1),
            "how often jobsets are looked at whose deadline has passed"
        )
        package var deadlinePoll: Duration

        @Key(
            "deadline_lab_jobs",
            .choice,
            default: .cancel,
            "what becomes of the lab jobs of what a jobset's deadline has ended"
        )
        private var deadlineLabJobs: LabJobsAtDeadline

        @Key(
            "lab_gone_after_seconds",
            .seconds(1...(365 * day)),
            default: .seconds(7 * day),
            "how long a lab may not answer before the jobs that it has end as lost"
        )
        package var labGoneAfter: Duration

        @Key(
            "cancel_limit_seconds",
            .seconds(1...(30 * day)),
            default: .seconds(600),
            "how long a lab may take to confirm that a job is canceled before the job ends without that"
        )
        package var cancelLimit: Duration

        @Key(
            "sweep_interval_seconds",
            .seconds(0.1...day),
            default: .seconds(30),
            "how often the sweep looks for what was missed"
        )
        package var sweepInterval: Duration

        @Key(
            "sweep_age_seconds",
            .seconds(0.1...day),
            default: .seconds(60),
            "how long something must have stood still to be swept"
        )
        package var sweepAge: Duration

        @Key(
            "recount_interval_seconds",
            .seconds(1...(30 * day)),
            default: .seconds(600),
            "how often a watcher counts what waits for each lab and is out, and compares that with what is kept of it"
        )
        package var recountInterval: Duration

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
