// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `backends.<name>`.
    static let backends: [ConfigurationKey] = [
        .init(
            "backends.*.url",
            .url(schemes: ["http", "https"], secret: false),
            required: true,
            "the root of the lab's web server, such as https://lava.example.com"
        ),
        .init(
            "backends.*.events_url",
            .url(schemes: ["ws", "wss"], secret: false),
            "where its event stream is; otherwise /ws/ on the lab's web server"
        ),
        .init(
            "backends.*.ca_file",
            .path,
            "PEM file with the only authorities that vouch for the lab over TLS; otherwise the system's"
        ),
        .init("backends.*.user", .text, "the user that the token belongs to"),
        .init("backends.*.token", .secret, orFile: "backends.*.token_file", "the token that jobs are submitted with"),
        .init("backends.*.token_file", .path, "a file that holds the token"),
        .init(
            "backends.*.request_timeout_seconds",
            .seconds(0.1...600),
            default: "30",
            "how long one request may take"
        ),
        .init(
            "backends.*.concurrency",
            .integer(1...1_000),
            default: "8",
            "how many requests one worker has open to it, and how many of its jobs one submitter has in hand; up to two more for requests other than results"
        ),
        .init(
            "backends.*.pool_timeout_seconds",
            .seconds(0.1...1_200),
            default: "300",
            "how long a request may wait for its turn while that many are open"
        ),
        .init(
            "backends.*.maximum_in_flight",
            .integer(1...1_000_000),
            default: "1000",
            "how many attempts may be in the lab at once, over all workers"
        ),
        .init(
            "backends.*.cancel_watched",
            .choice(["true", "false"]),
            default: "false",
            "whether jobs that are only watched there (lab_job) may be canceled; it holds for jobs that come in from then on"
        ),
        .init(
            "backends.*.poll_interval_seconds",
            .seconds(0.05...3_600),
            "how often it is asked what finished while its events are silent; otherwise watcher.poll_interval_seconds"
        ),
        .init(
            "backends.*.queued_limit_seconds",
            .seconds(1...(365 * day)),
            "how long a job may wait in its queue before the job ends as expired; without it there is no limit"
        ),
        .init(
            "backends.*.running_limit_seconds",
            .seconds(1...(365 * day)),
            "how long a job may run there before the job ends as expired; without it there is no limit"
        ),
    ]
}
