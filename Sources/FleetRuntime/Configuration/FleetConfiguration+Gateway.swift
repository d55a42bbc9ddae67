// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// How the gateway serves HTTP: section `gateway`.
    public struct Gateway: Sendable {
        /// Where it listens (`gateway.listen`); `nil`: nowhere.
        public var listen: ListenAddress?
        /// Where others find it (`gateway.public_url`).
        public var publicURL: String?
        /// The reverse proxies that are believed, as CIDRs (`gateway.trusted_proxies`).
        public var trustedProxies: [String]
        /// Projects that anybody may read (`gateway.public_projects`): `group/project`, `group/*` or `*`.
        public var publicProjects: [String]
        /// How long the head of a request may take (`gateway.head_timeout_seconds`).
        public var headTimeout: Duration
        /// How long the body of a request may take (`gateway.body_timeout_seconds`).
        public var bodyTimeout: Duration
        /// How long a client may not read (`gateway.stall_timeout_seconds`).
        public var stallTimeout: Duration
        /// The most connections (`gateway.maximum_connections`).
        public var maximumConnections: Int
        /// How many bytes of bodies are held at once (`gateway.maximum_body_bytes`).
        public var maximumBodyBytes: Int
        /// How many event streams are open at once (`gateway.maximum_streams`).
        public var maximumStreams: Int
        /// How many of them one caller may have (`gateway.maximum_streams_per_caller`).
        public var maximumStreamsPerCaller: Int
        /// How often new tokens are looked for (`gateway.token_refresh_seconds`).
        public var tokenRefresh: Duration
        /// How long ingest may take to answer (`gateway.answer_timeout_seconds`).
        public var answerTimeout: Duration
        /// The longest wait in one request (`gateway.wait_maximum_seconds`).
        public var waitMaximum: Duration
        /// How many requests a second each caller may make in the long run (`gateway.requests_per_second`).
        public var requestsPerSecond: Int
        /// How many it may make at once (`gateway.request_burst`).
        public var requestBurst: Int
        /// How long it is kept who asked for which change (`gateway.audit_kept_seconds`).
        public var auditKept: Duration

        init(_ values: ConfigurationValues) {
            let text = values.text("gateway.listen")
            listen = text == "off" ? nil : ListenAddress(text)
            publicURL = values.optionalText("gateway.public_url")
            trustedProxies = values.texts("gateway.trusted_proxies")
            publicProjects = values.texts("gateway.public_projects")
            headTimeout = values.duration("gateway.head_timeout_seconds")
            bodyTimeout = values.duration("gateway.body_timeout_seconds")
            stallTimeout = values.duration("gateway.stall_timeout_seconds")
            maximumConnections = values.integer("gateway.maximum_connections")
            maximumBodyBytes = values.integer("gateway.maximum_body_bytes")
            maximumStreams = values.integer("gateway.maximum_streams")
            maximumStreamsPerCaller = values.integer("gateway.maximum_streams_per_caller")
            tokenRefresh = values.duration("gateway.token_refresh_seconds")
            answerTimeout = values.duration("gateway.answer_timeout_seconds")
            waitMaximum = values.duration("gateway.wait_maximum_seconds")
            requestsPerSecond = values.integer("gateway.requests_per_second")
            requestBurst = values.integer("gateway.request_burst")
            auditKept = values.duration("gateway.audit_kept_seconds")
            if isBehindUntrustedProxy {
                values.warn(
                    ConfigurationFault(
                        key: "gateway.trusted_proxies",
                        reason:
                            "is empty, though gateway.public_url is https and so served by a proxy: all clients have its "
                            + "address, and any of them can use up what those without a token may ask together"
                    )
                )
            }
        }

        /// Whether there has to be a proxy, since somebody else does TLS, and none is believed.
        public var isBehindUntrustedProxy: Bool {
            trustedProxies.isEmpty && publicURL?.lowercased().hasPrefix("https://") == true
        }
    }
}
