// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// RabbitMQ: section `broker`.
    package struct Broker: ConfigurationSection {
        @Key(
            "url",
            required: .secretURL("amqp", "amqps"),
            "RabbitMQ: amqp://user:password@host:port/vhost, or amqps:// for TLS"
        )
        package var url: Secret

        @Key("ca_file", .path, "PEM file with the certificate authorities to trust for the broker over TLS")
        package var authorityFile: String?

        @Key(
            "heartbeat_seconds",
            .seconds(1...600),
            default: .seconds(10),
            "interval of heartbeats on a connection; whole seconds"
        )
        package var heartbeat: Duration

        @Key(
            "publish_timeout_seconds",
            .seconds(1...600),
            default: .seconds(10),
            "time limit for the broker's confirmation of a publish"
        )
        package var publishTimeout: Duration

        @Key(
            "reconnect_maximum_seconds",
            .seconds(0.5...600),
            default: .seconds(2),
            "the longest pause before a broken connection is opened again"
        )
        package var reconnectMaximum: Duration

        @Key("prefix", .name, default: "muster", "prefix of the names of exchanges and queues")
        package var prefix: String

        package var conflicts: [ConfigurationFault] {
            $heartbeat.fault("must be whole seconds", if: heartbeat.components.attoseconds != 0)
        }
    }
}
