// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How jobs are watched and finished: section `watcher`.
    public struct Watcher: Sendable {
        /// How often a lab is asked what finished while its events are silent (`watcher.poll_interval_seconds`).
        public var pollInterval: Duration
        /// How often it is asked all the same while its events flow (`watcher.event_poll_interval_seconds`).
        public var eventPollInterval: Duration
        /// The pause before an event stream that broke is opened again (`watcher.event_retry_first_seconds`).
        public var eventRetryFirst: Duration
        /// The longest such pause (`watcher.event_retry_maximum_seconds`).
        public var eventRetryMaximum: Duration
        /// How often a lab without an event stream is asked for it (`watcher.event_absent_retry_seconds`).
        public var eventAbsentRetry: Duration
        /// How far a poll looks back before the last one, against clocks that differ (`watcher.poll_overlap_seconds`).
        public var pollOverlap: Duration
        /// How many lab jobs one page of a poll holds (`watcher.poll_page`).
        public var pollPage: Int
        /// How often jobs that nobody has heard of are asked for (`watcher.reconcile_interval_seconds`).
        public var reconcileInterval: Duration
        /// How far apart the two looks are that show that a lab has lost a job (`watcher.missing_grace_seconds`).
        public var missingGrace: Duration
        /// How long a member of a group may wait once another has ended (`watcher.stuck_member_limit_seconds`).
        public var stuckMemberLimit: Duration
        /// How often a lab is told to cancel a job (`watcher.cancel_maximum_tries`).
        public var cancelMaximumTries: Int
        /// How long after a lost answer a lab is asked once more what it made of the request
        /// (`watcher.second_look_seconds`).
        public var secondLook: Duration
        /// How long a backend belongs to one watcher without a renewal (`watcher.lease_seconds`).
        public var lease: Duration
        /// How many finished lab jobs of a lab one watcher has in hand (`watcher.finished_prefetch`).
        public var finishedPrefetch: Int
        /// How long completions are gathered into one statement (`watcher.flush_interval_milliseconds`).
        public var flushInterval: Duration
        /// The most completions in one statement (`watcher.flush_maximum_jobs`).
        public var flushMaximumJobs: Int
        /// The most results kept of one job (`watcher.maximum_results_per_job`).
        public var maximumResultsPerJob: Int
        /// The most memory for results that are fetched and not yet stored, in bytes (`watcher.maximum_results_bytes`).
        public var maximumResultsBytes: Int
        /// Which failures are the lab's and not the build's, by LAVA's `error_msg` (`watcher.infrastructure_patterns`).
        public var infrastructurePatterns: [String]
        /// How long after an attempt that its lab failed the next one begins
        /// (`watcher.infrastructure_retry_pause_seconds`).
        public var infrastructureRetryPause: Duration
        /// How long after the last addition an open jobset is sealed by itself (`watcher.open_limit_seconds`).
        public var openLimit: Duration
        /// How long nothing may happen before a build of SQUAD's clients is sealed by itself
        /// (`watcher.squad_quiet_seconds`); `nil`: never.
        public var squadQuiet: Duration?
        /// How often jobsets are looked at whose deadline has passed (`watcher.deadline_poll_seconds`).
        public var deadlinePoll: Duration
        /// Whether labs are told to cancel what a jobset's deadline has ended (`watcher.deadline_lab_jobs`).
        public var deadlineCancels: Bool
        /// How long a lab may not answer before the jobs that it has end (`watcher.lab_gone_after_seconds`).
        public var labGoneAfter: Duration
        /// How long a lab may take to confirm a cancellation (`watcher.cancel_limit_seconds`).
        public var cancelLimit: Duration
        /// How often the sweep looks for what was missed (`watcher.sweep_interval_seconds`).
        public var sweepInterval: Duration
        /// How long something must have stood still to be swept (`watcher.sweep_age_seconds`).
        public var sweepAge: Duration

        init(_ values: ConfigurationValues) {
            pollInterval = values.duration("watcher.poll_interval_seconds")
            eventPollInterval = values.duration("watcher.event_poll_interval_seconds")
            eventRetryFirst = values.duration("watcher.event_retry_first_seconds")
            eventRetryMaximum = values.duration("watcher.event_retry_maximum_seconds")
            eventAbsentRetry = values.duration("watcher.event_absent_retry_seconds")
            pollOverlap = values.duration("watcher.poll_overlap_seconds")
            pollPage = values.integer("watcher.poll_page")
            reconcileInterval = values.duration("watcher.reconcile_interval_seconds")
            missingGrace = values.duration("watcher.missing_grace_seconds")
            stuckMemberLimit = values.duration("watcher.stuck_member_limit_seconds")
            cancelMaximumTries = values.integer("watcher.cancel_maximum_tries")
            secondLook = values.duration("watcher.second_look_seconds")
            lease = values.duration("watcher.lease_seconds")
            finishedPrefetch = values.integer("watcher.finished_prefetch")
            flushInterval = values.duration("watcher.flush_interval_milliseconds")
            flushMaximumJobs = values.integer("watcher.flush_maximum_jobs")
            maximumResultsPerJob = values.integer("watcher.maximum_results_per_job")
            maximumResultsBytes = values.integer("watcher.maximum_results_bytes")
            infrastructurePatterns = values.texts("watcher.infrastructure_patterns")
            infrastructureRetryPause = values.duration("watcher.infrastructure_retry_pause_seconds")
            openLimit = values.duration("watcher.open_limit_seconds")
            let quiet = values.duration("watcher.squad_quiet_seconds")
            squadQuiet = quiet == .zero ? nil : quiet
            deadlinePoll = values.duration("watcher.deadline_poll_seconds")
            deadlineCancels = values.text("watcher.deadline_lab_jobs") == "cancel"
            labGoneAfter = values.duration("watcher.lab_gone_after_seconds")
            cancelLimit = values.duration("watcher.cancel_limit_seconds")
            sweepInterval = values.duration("watcher.sweep_interval_seconds")
            sweepAge = values.duration("watcher.sweep_age_seconds")
        }
    }
}
