// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// How the gateway serves HTTP: section `gateway`.
    package struct Gateway: ConfigurationSection {
        @Key(
            "listen",
            .listen,
            default: ListenAddress(host: "127.0.0.1", port: 8_080),
            "address for HTTP; use a reverse proxy for TLS"
        )
        package var listen: ListenAddress?

        @Key(
            "public_url",
            .url("http", "https"),
            "the gateway's public URL, for links; default: relative links"
        )
        package var publicURL: String?

        @Key("trusted_proxies", .networks, default: [], "reverse proxies whose X-Forwarded-For is trusted")
        package var trustedProxies: [String]

        @Key("public_projects", .projects, default: [], "projects that anyone can read without a token")
        package var publicProjects: [ProjectScope]

        @Key(
            "head_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(30),
            "time limit for receiving the head of a request, and for idle connections"
        )
        package var headTimeout: Duration

        @Key(
            "body_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(60),
            "time limit for receiving the body of a request"
        )
        package var bodyTimeout: Duration

        @Key(
            "stall_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(30),
            "how long a client can stall while receiving an answer"
        )
        package var stallTimeout: Duration

        @Key(
            "maximum_connections",
            .integer(1...100_000),
            default: 1_000,
            "maximum number of open connections; others wait"
        )
        package var maximumConnections: Int

        @Key(
            "maximum_body_bytes",
            .integer(mebibyte...(65_536 * mebibyte)),
            default: 72 * mebibyte,
            "maximum size of all request bodies held at once; a byte of YAML counts four times, one of a form twice; "
                + "never less than ingest.maximum_document_bytes, which is the share of one caller"
        )
        package var maximumBodyBytes: Int

        @Key("maximum_streams", .integer(1...100_000), default: 500, "maximum number of open event streams")
        package var maximumStreams: Int

        @Key(
            "maximum_streams_per_caller",
            .integer(1...100_000),
            default: 100,
            "maximum number of them for one token, or one address without a token"
        )
        package var maximumStreamsPerCaller: Int

        @Key(
            "token_refresh_seconds",
            .seconds(0.1...3_600),
            default: .seconds(10),
            "how often to look for new tokens, so that one that was never used here counts as itself and not as its "
                + "address"
        )
        package var tokenRefresh: Duration

        @Key(
            "answer_timeout_seconds",
            .seconds(0.1...600),
            default: .seconds(20),
            "how long to wait for ingest's answer; after that, the answer is the id of the document in the queue"
        )
        package var answerTimeout: Duration

        @Key(
            "wait_maximum_seconds",
            .seconds(1...3_600),
            default: .seconds(300),
            "the longest wait for the end of a jobset in one request"
        )
        package var waitMaximum: Duration

        @Key(
            "requests_per_second",
            .integer(1...100_000),
            default: 50,
            "average rate of requests of one token, or one address without a token"
        )
        package var requestsPerSecond: Int

        @Key("request_burst", .integer(1...100_000), default: 200, "maximum number of requests at once (burst)")
        package var requestBurst: Int

        @Key(
            "maximum_bulk_jobsets",
            .integer(1...1_000),
            default: 100,
            "maximum number of jobsets that one request can cancel, retry or redeliver at once"
        )
        package var maximumBulkJobsets: Int

        @Key(
            "audit_kept_seconds",
            .seconds(3_600...1e9),
            default: .seconds(365 * day),
            "how long entries of the audit log are stored"
        )
        package var auditKept: Duration

        @Sections("identity_providers", named: .plain("an identity provider"), { IdentityProvider(name: $0) })
        private var providerSections: [String: IdentityProvider]

        /// Whose ID tokens are accepted.
        package var identityProviders: [IdentityProvider] { providerSections.sorted { $0.key < $1.key }.map(\.value) }

        /// Whether there has to be a proxy, since somebody else does TLS, and none is believed.
        package var isBehindUntrustedProxy: Bool {
            trustedProxies.isEmpty && publicURL?.lowercased().hasPrefix("https://") == true
        }

        package var conflicts: [ConfigurationFault] {
            let signsIn = identityProviders.first { $0.clientID != nil }
            return signsIn?.$clientID.fault(
                "needs gateway.public_url, to which the provider sends people back",
                if: publicURL == nil
            )
                ?? []
        }

        package var cautions: [ConfigurationFault] {
            $trustedProxies.fault(
                "is empty, though gateway.public_url is https and so served by a proxy: all clients have its "
                    + "address, and any of them can use up what those without a token may ask together",
                if: isBehindUntrustedProxy
            )
        }
    }
}
