// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// How the gateway serves HTTP: section `gateway`.
    package struct Gateway: ConfigurationSection {
        @Key(
            "listen",
            .listen,
            default: ListenAddress(host: "127.0.0.1", port: 8_080),
            "where HTTP is served; TLS is a reverse proxy's part"
        )
        package var listen: ListenAddress?

        @Key(
            "public_url",
            .url("http", "https"),
            "where people and programs find the gateway, for links in what leaves it; without it links are relative"
        )
        package var publicURL: String?

        @Key("trusted_proxies", .networks, default: [], "reverse proxies whose X-Forwarded-For is believed")
        package var trustedProxies: [String]

        @Key("public_projects", .projects, default: [], "projects that anybody may read without a token")
        package var publicProjects: [ProjectScope]

        @Key(
            "head_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(30),
            "how long a client may take for the head of a request, and how long a connection may be idle"
        )
        package var headTimeout: Duration

        @Key(
            "body_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(60),
            "how long a client may take for the body of a request"
        )
        package var bodyTimeout: Duration

        @Key(
            "stall_timeout_seconds",
            .seconds(0.1...3_600),
            default: .seconds(30),
            "how long a client may not take what is sent to it"
        )
        package var stallTimeout: Duration

        @Key(
            "maximum_connections",
            .integer(1...100_000),
            default: 1_000,
            "the most connections at once; more have to wait"
        )
        package var maximumConnections: Int

        @Key(
            "maximum_body_bytes",
            .integer(mebibyte...(65_536 * mebibyte)),
            default: 72 * mebibyte,
            "how many bytes of bodies are held at once, each byte of YAML counting four times, of a form twice; never "
                + "less than ingest.maximum_document_bytes, which is all that one caller may have of it"
        )
        package var maximumBodyBytes: Int

        @Key("maximum_streams", .integer(1...100_000), default: 500, "how many event streams are open at once")
        package var maximumStreams: Int

        @Key(
            "maximum_streams_per_caller",
            .integer(1...100_000),
            default: 100,
            "how many of them one token, or one address without a token, may have"
        )
        package var maximumStreamsPerCaller: Int

        @Key(
            "token_refresh_seconds",
            .seconds(0.1...3_600),
            default: .seconds(10),
            "how often new tokens are looked for, so that one which was never used here counts as itself and not as its address"
        )
        package var tokenRefresh: Duration

        @Key(
            "answer_timeout_seconds",
            .seconds(0.1...600),
            default: .seconds(20),
            "how long ingest may take to answer; after that a document is in the queue, and its id is the answer"
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
            "how many requests one token, or one address without a token, may make a second in the long run"
        )
        package var requestsPerSecond: Int

        @Key("request_burst", .integer(1...100_000), default: 200, "how many it may make at once")
        package var requestBurst: Int

        @Key(
            "audit_kept_seconds",
            .seconds(3_600...1e9),
            default: .seconds(365 * day),
            "how long it is kept who asked for which change"
        )
        package var auditKept: Duration

        /// Whether there has to be a proxy, since somebody else does TLS, and none is believed.
        package var isBehindUntrustedProxy: Bool {
            trustedProxies.isEmpty && publicURL?.lowercased().hasPrefix("https://") == true
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
