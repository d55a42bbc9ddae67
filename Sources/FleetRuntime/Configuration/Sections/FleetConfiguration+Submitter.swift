// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How jobs are submitted: section `submitter`.
    package struct Submitter: ConfigurationSection {
        @Key(
            "attempt_lease_seconds",
            .seconds(1...3_600),
            default: .seconds(40),
            "how long a claimed attempt belongs to one submitter"
        )
        package var attemptLease: Duration

        @Key(
            "retry_first_seconds",
            .seconds(0.01...3_600),
            default: .seconds(1),
            "the pause before the first repeat of a failed submission"
        )
        package var retryFirst: Duration

        @Key("retry_maximum_seconds", .seconds(0.01...day), default: .seconds(300), "the longest pause between repeats")
        package var retryMaximum: Duration

        @Key(
            "undeliverable_after_seconds",
            .seconds(1...(365 * day)),
            default: .seconds(3 * day),
            "how long a job can remain unsubmitted before it ends as undeliverable"
        )
        package var undeliverableAfter: Duration

        @Key(
            "doubt_settle_seconds",
            .seconds(0...600),
            default: .seconds(10),
            "how long to wait before a submission in doubt is sent again; never shorter than the time limit of a "
                + "request to the lab"
        )
        package var doubtSettle: Duration

        @Key(
            "park_poll_milliseconds",
            .milliseconds(10...600_000),
            default: .milliseconds(1_000),
            "how often a submitter looks for due jobs after it has found none"
        )
        package var parkPoll: Duration

        @Key(
            "queue_length",
            .integer(1...100_000),
            default: 200,
            "maximum number of messages in the queue of one lab; other jobs wait for their turn in the database"
        )
        package var queueLength: Int

        @Key(
            "group_interval_milliseconds",
            .milliseconds(1...60_000),
            default: .milliseconds(50),
            "how long claims, and records of submissions, of one lab are collected for one transaction; the first one of a "
                + "quiet time goes at once"
        )
        package var groupInterval: Duration

        @Key(
            "prefetch",
            .integer(1...10_000),
            default: 64,
            "how many jobs of a lab one submitter has in hand, to claim and record them together; it has "
                + "backends.*.concurrency requests open at once"
        )
        private var prefetch: Int

        @Key(
            "refill_milliseconds",
            .milliseconds(1...600_000),
            default: .milliseconds(200),
            "how soon a submitter looks for more due jobs after it has found some"
        )
        package var refill: Duration

        @Key(
            "stopped_probe_seconds",
            .seconds(0.1...3_600),
            default: .seconds(30),
            "how often to check whether a lab that rejected Muster's token accepts it again"
        )
        package var stoppedProbe: Duration

        @Key(
            "circuit_failures",
            .integer(1...1_000),
            default: 5,
            "number of failed submissions in a row after which a lab gets no jobs for a while"
        )
        package var circuitFailures: Int

        @Key(
            "probe_first_seconds",
            .seconds(0.01...3_600),
            default: .seconds(1),
            "the first pause of a failing lab, before one job tries it"
        )
        package var probeFirst: Duration

        @Key(
            "probe_maximum_seconds",
            .seconds(0.01...3_600),
            default: .seconds(4),
            "the longest pause of a failing lab, unless it asks for a longer one"
        )
        package var probeMaximum: Duration

        @Key(
            "server_error_tries",
            .integer(1...1_000),
            default: 8,
            "how often a lab that accepts other jobs can fail on one job before that job ends as undeliverable"
        )
        package var serverErrorTries: Int

        @Key(
            "server_error_after_seconds",
            .seconds(1...(365 * day)),
            default: .seconds(3_600),
            "the same for a lab that accepts no other jobs: time since its first such failure, and never before "
                + "submitter.server_error_tries of them; a twelfth of it if the lab accepted another job in the five "
                + "minutes before and otherwise answers. If it has accepted another job since, "
                + "submitter.server_error_tries alone decides"
        )
        package var serverErrorAfter: Duration

        /// How many jobs of a lab are in hand at most: no fewer than are sent at once, and no more than are sent within a
        /// third of the half hour after which a broker takes messages back, be the lab as slow as it may.
        package func jobsInHand(of backend: Backend) -> Int {
            let rounds = 600 / max(backend.requestTimeout.timeInterval, 0.1)
            let sent = Int(min(rounds * Double(backend.concurrency), 10_000))
            return max(backend.concurrency, min(prefetch, sent))
        }

        package var conflicts: [ConfigurationFault] {
            $retryFirst.fault("must not be more than \($retryMaximum)", if: retryFirst > retryMaximum)
        }
    }
}
