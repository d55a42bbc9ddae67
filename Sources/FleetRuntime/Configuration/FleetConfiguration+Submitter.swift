// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How jobs are submitted: section `submitter`.
    public struct Submitter: Sendable {
        /// How long a claimed attempt belongs to one submitter (`submitter.attempt_lease_seconds`).
        public var attemptLease: Duration
        /// The pause before the first repeat of a failed submission (`submitter.retry_first_seconds`).
        public var retryFirst: Duration
        /// The longest pause between repeats (`submitter.retry_maximum_seconds`).
        public var retryMaximum: Duration
        /// How long a job may remain unsubmitted before it is finished as undeliverable
        /// (`submitter.undeliverable_after_seconds`).
        public var undeliverableAfter: Duration
        /// How long a submission in doubt is left to settle before it is sent again, at the least
        /// (`submitter.doubt_settle_seconds`).
        public var doubtSettle: Duration
        /// How often a submitter looks for jobs that are due, once there were none
        /// (`submitter.park_poll_milliseconds`).
        public var parkPoll: Duration
        /// The most messages that wait in the queue of one lab (`submitter.queue_length`).
        public var queueLength: Int
        /// How long after some jobs were due a submitter looks for more (`submitter.refill_milliseconds`).
        public var refill: Duration
        /// How often a lab that refuses our token is asked whether it takes it now (`submitter.stopped_probe_seconds`).
        public var stoppedProbe: Duration
        /// How many submissions to a lab may fail in a row before it is left alone (`submitter.circuit_failures`).
        public var circuitFailures: Int
        /// How long it is left alone at first (`submitter.probe_first_seconds`).
        public var probeFirst: Duration
        /// How long it is left alone at most (`submitter.probe_maximum_seconds`).
        public var probeMaximum: Duration
        /// How often a lab that takes others may fail on a job before it is finished as undeliverable
        /// (`submitter.server_error_tries`).
        public var serverErrorTries: Int
        /// For how long it may, where there are no others (`submitter.server_error_after_seconds`).
        public var serverErrorAfter: Duration

        init(_ values: ConfigurationValues) {
            attemptLease = values.duration("submitter.attempt_lease_seconds")
            retryFirst = values.duration("submitter.retry_first_seconds")
            retryMaximum = values.duration("submitter.retry_maximum_seconds")
            undeliverableAfter = values.duration("submitter.undeliverable_after_seconds")
            doubtSettle = values.duration("submitter.doubt_settle_seconds")
            stoppedProbe = values.duration("submitter.stopped_probe_seconds")
            circuitFailures = values.integer("submitter.circuit_failures")
            probeFirst = values.duration("submitter.probe_first_seconds")
            probeMaximum = values.duration("submitter.probe_maximum_seconds")
            serverErrorTries = values.integer("submitter.server_error_tries")
            serverErrorAfter = values.duration("submitter.server_error_after_seconds")
            parkPoll = values.duration("submitter.park_poll_milliseconds")
            queueLength = values.integer("submitter.queue_length")
            refill = values.duration("submitter.refill_milliseconds")
        }
    }
}
