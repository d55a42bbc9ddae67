// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of sections `log` and `metrics`, and of the process itself.
    static let process: [ConfigurationKey] = [
        .init(
            "log.level",
            .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            default: "info",
            "the least important level that is logged"
        ),
        .init("log.format", .choice(["text", "json"]), default: "text", "the shape of a log line on standard error"),
        .init(
            "metrics.listen",
            .listen,
            default: "off",
            "where health and metrics are served, such as 127.0.0.1:9464; a worker each needs a port of its own"
        ),
        .init(
            "shutdown_grace_seconds",
            .seconds(0...3_600),
            default: "30",
            "how long a worker may take to finish what it has begun once it is told to stop"
        ),
    ]
}
