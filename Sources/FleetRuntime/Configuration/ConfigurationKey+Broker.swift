// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `broker`.
    static let broker: [ConfigurationKey] = [
        .init(
            "broker.url",
            .url(schemes: ["amqp", "amqps"], secret: true),
            required: true,
            orFile: "broker.url_file",
            "RabbitMQ: amqp://user:password@host:port/vhost, or amqps:// for TLS"
        ),
        .init("broker.url_file", .path, "a file that holds broker.url"),
        .init("broker.ca_file", .path, "PEM file with the authorities that vouch for the broker over TLS"),
        .init(
            "broker.heartbeat_seconds",
            .seconds(1...600),
            default: "10",
            "how often each side shows that it is alive; whole seconds"
        ),
        .init(
            "broker.publish_timeout_seconds",
            .seconds(1...600),
            default: "10",
            "how long a publish may wait for the broker's confirmation"
        ),
        .init(
            "broker.reconnect_maximum_seconds",
            .seconds(0.5...600),
            default: "2",
            "the longest pause before a connection that broke is tried again"
        ),
        .init("broker.prefix", .name, default: "muster", "what the names of exchanges and queues begin with"),
    ]
}
