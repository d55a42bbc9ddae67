// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `watcher`.
    static let watcher: [ConfigurationKey] = [
        .init(
            "watcher.poll_interval_seconds",
            .seconds(0.05...3_600),
            default: "2",
            "how often a lab is asked what finished while its events are silent"
        ),
        .init(
            "watcher.event_poll_interval_seconds",
            .seconds(0.05...day),
            default: "60",
            "how often it is asked all the same while its events flow"
        ),
        .init(
            "watcher.event_retry_first_seconds",
            .seconds(0.01...3_600),
            default: "0.2",
            "the pause before a lab's event stream that broke is opened again"
        ),
        .init(
            "watcher.event_retry_maximum_seconds",
            .seconds(0.01...3_600),
            default: "5",
            "the longest such pause"
        ),
        .init(
            "watcher.event_absent_retry_seconds",
            .seconds(0.05...day),
            default: "60",
            "how often a lab that has no event stream, or does not let us see it, is asked for it again"
        ),
        .init(
            "watcher.poll_overlap_seconds",
            .seconds(0...day),
            default: "10",
            "how far a poll looks back before the last one, against clocks that differ"
        ),
        .init("watcher.poll_page", .integer(1...1_000), default: "500", "how many lab jobs one page of a poll holds"),
        .init(
            "watcher.reconcile_interval_seconds",
            .seconds(1...day),
            default: "3600",
            "how often jobs that nobody has heard of are asked for"
        ),
        .init(
            "watcher.missing_grace_seconds",
            .seconds(0.1...day),
            default: "60",
            "how far apart the two looks are that show that a lab no longer knows a job"
        ),
        .init(
            "watcher.stuck_member_limit_seconds",
            .seconds(1...(365 * day)),
            default: "900",
            "how long a member of a multinode group may go on waiting once another has ended"
        ),
        .init(
            "watcher.cancel_maximum_tries",
            .integer(1...1_000),
            default: "20",
            "how often a lab is told to cancel a job before that is given up"
        ),
        .init(
            "watcher.second_look_seconds",
            .seconds(0...day),
            default: "600",
            "how long after a request whose answer was lost a lab is asked once more whether it has carried it out, and how long the members of a multinode group are waited for that a lab does not show"
        ),
        .init(
            "watcher.lease_seconds",
            .seconds(1...3_600),
            default: "6",
            "how long a backend belongs to one watcher without a renewal"
        ),
        .init(
            "watcher.finished_prefetch",
            .integer(1...10_000),
            default: "64",
            "how many finished lab jobs of a lab one watcher has in hand; it fetches backends.*.concurrency of them at once"
        ),
        .init(
            "watcher.flush_interval_milliseconds",
            .milliseconds(1...60_000),
            default: "20",
            "how long completions are gathered into one statement"
        ),
        .init(
            "watcher.flush_maximum_jobs",
            .integer(1...10_000),
            default: "200",
            "the most completions in one statement"
        ),
        .init(
            "watcher.maximum_results_per_job",
            .integer(1...10_000_000),
            default: "100000",
            "the most results kept of one job"
        ),
        .init(
            "watcher.maximum_results_bytes",
            .bytes(8_388_608...1_073_741_824),
            default: "67108864",
            "the most memory for results that are fetched and not yet stored; one lab takes at most half"
        ),
        .init(
            "watcher.infrastructure_patterns",
            .patterns,
            default: "",
            "which failures, by LAVA's error_msg, are the lab's and not the build's, besides those of error_type Infrastructure"
        ),
        .init(
            "watcher.infrastructure_retry_pause_seconds",
            .seconds(0...day),
            default: "10",
            "how long after an attempt that its lab failed the next one begins"
        ),
        .init(
            "watcher.open_limit_seconds",
            .seconds(1...(365 * day)),
            default: "21600",
            "how long after the last addition an open jobset is sealed by itself"
        ),
        .init(
            "watcher.squad_quiet_seconds",
            .seconds(0...(365 * day)),
            default: "0",
            "how long nothing may come in or end before a build that is submitted the way of SQUAD is sealed by itself, once all its jobs have ended; 0: never"
        ),
        .init(
            "watcher.deadline_poll_seconds",
            .seconds(0.05...3_600),
            default: "1",
            "how often jobsets are looked at whose deadline has passed"
        ),
        .init(
            "watcher.deadline_lab_jobs",
            .choice(["cancel", "leave"]),
            default: "cancel",
            "what becomes of the lab jobs of what a jobset's deadline has ended"
        ),
        .init(
            "watcher.lab_gone_after_seconds",
            .seconds(1...(365 * day)),
            default: "604800",
            "how long a lab may not answer before the jobs that it has end as lost"
        ),
        .init(
            "watcher.cancel_limit_seconds",
            .seconds(1...(30 * day)),
            default: "600",
            "how long a lab may take to confirm that a job is canceled before the job ends without that"
        ),
        .init(
            "watcher.sweep_interval_seconds",
            .seconds(0.1...day),
            default: "30",
            "how often the sweep looks for what was missed"
        ),
        .init(
            "watcher.sweep_age_seconds",
            .seconds(0.1...day),
            default: "60",
            "how long something must have stood still to be swept"
        ),
    ]
}
