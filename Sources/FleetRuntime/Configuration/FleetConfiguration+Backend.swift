// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// One LAVA lab: section `backends.<name>`.
    public struct Backend: Sendable {
        /// What jobsets call it.
        public var name: String
        /// The root of its web server, `https://lava.example.com` (`url`).
        public var url: String
        /// Where its event stream is (`events_url`); otherwise `/ws/` on the origin of ``url``.
        public var eventsURL: String?
        /// A PEM file with the only authorities that may vouch for it over TLS (`ca_file`); otherwise the system's.
        public var authorityFile: String?
        /// The user that the token belongs to (`user`).
        public var user: String?
        /// The token that jobs are submitted with (`token`, `token_file`); `nil` for a lab that asks for none.
        public var token: Secret?
        /// How long one request may take (`request_timeout_seconds`).
        public var requestTimeout: Duration
        /// How many requests one worker has open to it (`concurrency`), up to two more for what is not results; as many
        /// jobs a submitter has in hand.
        public var concurrency: Int
        /// How long a request may wait for its turn (`pool_timeout_seconds`).
        public var poolTimeout: Duration
        /// How many attempts may be in the lab at once, over all workers (`maximum_in_flight`).
        public var maximumInFlight: Int
        /// Whether jobs that are only watched there may be canceled (`cancel_watched`).
        public var cancelsWatched: Bool
        /// How often it is asked what finished, while its events don't say so
        /// (`poll_interval_seconds`; otherwise `watcher.poll_interval_seconds`).
        public var pollInterval: Duration
        /// How long a job may wait in its queue (`queued_limit_seconds`); `nil`: for ever.
        public var queuedLimit: Duration?
        /// How long a job may run there (`running_limit_seconds`); `nil`: for ever.
        public var runningLimit: Duration?

        init(name: String, _ values: ConfigurationValues) {
            self.name = name
            url = values.text("backends.*.url", of: name)
            eventsURL = values.optionalText("backends.*.events_url", of: name)
            authorityFile = values.optionalPath("backends.*.ca_file", of: name)
            user = values.optionalText("backends.*.user", of: name)
            token = values.optionalSecret("backends.*.token", orFile: "backends.*.token_file", of: name)
            requestTimeout = values.duration("backends.*.request_timeout_seconds", of: name)
            concurrency = values.integer("backends.*.concurrency", of: name)
            poolTimeout = values.duration("backends.*.pool_timeout_seconds", of: name)
            maximumInFlight = values.integer("backends.*.maximum_in_flight", of: name)
            cancelsWatched = values.text("backends.*.cancel_watched", of: name) == "true"
            pollInterval =
                values.optionalDuration("backends.*.poll_interval_seconds", of: name)
                ?? values.duration("watcher.poll_interval_seconds")
            queuedLimit = values.optionalDuration("backends.*.queued_limit_seconds", of: name)
            runningLimit = values.optionalDuration("backends.*.running_limit_seconds", of: name)
        }
    }
}
