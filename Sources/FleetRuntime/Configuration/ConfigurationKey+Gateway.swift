// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `gateway`.
    static let gateway: [ConfigurationKey] = [
        .init(
            "gateway.listen",
            .listen,
            default: "127.0.0.1:8080",
            "where HTTP is served; TLS is a reverse proxy's part"
        ),
        .init(
            "gateway.public_url",
            .url(schemes: ["http", "https"], secret: false),
            "where people and programs find the gateway, for links in what leaves it; without it links are relative"
        ),
        .init(
            "gateway.trusted_proxies",
            .networks,
            default: "",
            "reverse proxies whose X-Forwarded-For is believed"
        ),
        .init(
            "gateway.public_projects",
            .projects,
            default: "",
            "projects that anybody may read without a token"
        ),
        .init(
            "gateway.head_timeout_seconds",
            .seconds(0.1...3_600),
            default: "30",
            "how long a client may take for the head of a request, and how long a connection may be idle"
        ),
        .init(
            "gateway.body_timeout_seconds",
            .seconds(0.1...3_600),
            default: "60",
            "how long a client may take for the body of a request"
        ),
        .init(
            "gateway.stall_timeout_seconds",
            .seconds(0.1...3_600),
            default: "30",
            "how long a client may not take what is sent to it"
        ),
        .init(
            "gateway.maximum_connections",
            .integer(1...100_000),
            default: "1000",
            "the most connections at once; more have to wait"
        ),
        .init(
            "gateway.maximum_body_bytes",
            .integer(1_048_576...68_719_476_736),
            default: "75497472",
            "how many bytes of bodies are held at once, each byte of YAML counting four times, of a form twice; never "
                + "less than ingest.maximum_document_bytes, which is all that one caller may have of it"
        ),
        .init(
            "gateway.maximum_streams",
            .integer(1...100_000),
            default: "500",
            "how many event streams are open at once"
        ),
        .init(
            "gateway.maximum_streams_per_caller",
            .integer(1...100_000),
            default: "100",
            "how many of them one token, or one address without a token, may have"
        ),
        .init(
            "gateway.token_refresh_seconds",
            .seconds(0.1...3_600),
            default: "10",
            "how often new tokens are looked for, so that one which was never used here counts as itself and not as its address"
        ),
        .init(
            "gateway.answer_timeout_seconds",
            .seconds(0.1...600),
            default: "20",
            "how long ingest may take to answer; after that a document is in the queue, and its id is the answer"
        ),
        .init(
            "gateway.wait_maximum_seconds",
            .seconds(1...3_600),
            default: "300",
            "the longest wait for the end of a jobset in one request"
        ),
        .init(
            "gateway.requests_per_second",
            .integer(1...100_000),
            default: "50",
            "how many requests one token, or one address without a token, may make a second in the long run"
        ),
        .init(
            "gateway.request_burst",
            .integer(1...100_000),
            default: "200",
            "how many it may make at once"
        ),
        .init(
            "gateway.audit_kept_seconds",
            .seconds(3_600...1e9),
            default: "31536000",
            "how long it is kept who asked for which change"
        ),
    ]
}
