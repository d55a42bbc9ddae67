// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// RabbitMQ: section `broker`.
    public struct Broker: Sendable {
        /// `amqp://user:password@host:port/vhost`, or `amqps://` (`broker.url`, `broker.url_file`).
        public var url: Secret
        /// A PEM file with the authorities that may vouch for the broker over TLS (`broker.ca_file`).
        public var authorityFile: String?
        /// How often each side shows that it is alive (`broker.heartbeat_seconds`).
        public var heartbeat: Duration
        /// How long a publish may wait for the broker's confirmation (`broker.publish_timeout_seconds`).
        public var publishTimeout: Duration
        /// The longest pause before a connection that broke is tried again (`broker.reconnect_maximum_seconds`).
        public var reconnectMaximum: Duration
        /// What the names of exchanges and queues begin with (`broker.prefix`).
        public var prefix: String

        init(_ values: ConfigurationValues) {
            url = values.secret("broker.url", orFile: "broker.url_file")
            authorityFile = values.optionalPath("broker.ca_file")
            heartbeat = values.duration("broker.heartbeat_seconds")
            publishTimeout = values.duration("broker.publish_timeout_seconds")
            reconnectMaximum = values.duration("broker.reconnect_maximum_seconds")
            prefix = values.text("broker.prefix")
        }
    }
}
