// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How jobs are watched and finished: section `watcher`.
    public struct Watcher: Sendable {
        /// How often a lab is asked what finished while its events are silent (`watcher.poll_interval_seconds`).
        public var pollInterval: Duration
        /// How far a poll looks back before the last one, against clocks that differ (`watcher.poll_overlap_seconds`).
        public var pollOverlap: Duration
        /// How many lab jobs one page of a poll holds (`watcher.poll_page`).
        public var pollPage: Int
        /// How often jobs that nobody has heard of are asked for (`watcher.reconcile_interval_seconds`).
        public var reconcileInterval: Duration
        /// How long a backend belongs to one watcher without a renewal (`watcher.lease_seconds`).
        public var lease: Duration
        /// How many finished lab jobs one watcher fetches at once (`watcher.finished_prefetch`).
        public var finishedPrefetch: Int
        /// How long completions are gathered into one statement (`watcher.flush_interval_milliseconds`).
        public var flushInterval: Duration
        /// The most completions in one statement (`watcher.flush_maximum_jobs`).
        public var flushMaximumJobs: Int
        /// The most results kept of one job (`watcher.maximum_results_per_job`).
        public var maximumResultsPerJob: Int
        /// How often the sweep looks for what was missed (`watcher.sweep_interval_seconds`).
        public var sweepInterval: Duration
        /// How long something must have stood still to be swept (`watcher.sweep_age_seconds`).
        public var sweepAge: Duration

        init(_ values: ConfigurationValues) {
            pollInterval = values.duration("watcher.poll_interval_seconds")
            pollOverlap = values.duration("watcher.poll_overlap_seconds")
            pollPage = values.integer("watcher.poll_page")
            reconcileInterval = values.duration("watcher.reconcile_interval_seconds")
            lease = values.duration("watcher.lease_seconds")
            finishedPrefetch = values.integer("watcher.finished_prefetch")
            flushInterval = values.duration("watcher.flush_interval_milliseconds")
            flushMaximumJobs = values.integer("watcher.flush_maximum_jobs")
            maximumResultsPerJob = values.integer("watcher.maximum_results_per_job")
            sweepInterval = values.duration("watcher.sweep_interval_seconds")
            sweepAge = values.duration("watcher.sweep_age_seconds")
        }
    }
}
