// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// PostgreSQL: section `database`.
    package struct Database: ConfigurationSection {
        @Key(
            "url",
            required: .secretURL("postgres", "postgresql"),
            "PostgreSQL: postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=…; of several hosts "
                + "(host1:port1,host2:port2), the first that fits target_session_attrs is used"
        )
        package var url: Secret

        @Key("maximum_connections", .integer(1...1_000), default: 10, "maximum number of connections per worker")
        package var maximumConnections: Int

        /// What stands between a worker and PostgreSQL.
        package enum Pooler: String, CaseIterable, Sendable { case none, session, transaction }

        @Key(
            "pooler",
            .choice,
            default: .none,
            "the mode of the connection pooler, such as PgBouncer, to which database.url leads; none: it leads to PostgreSQL"
        )
        package var pooler: Pooler

        @Key(
            "statement_timeout_seconds",
            .seconds(1...3_600),
            default: .seconds(30),
            "time limit for one statement, except those whose work grows with a jobset, and migrate"
        )
        package var statementTimeout: Duration

        @Key(
            "schema_check_interval_seconds",
            .seconds(0.05...3_600),
            default: .seconds(10),
            "how often a worker checks that it knows the schema's version; if not, it stops"
        )
        package var schemaCheckInterval: Duration

        @Key("schema", .name, "the schema with the tables; default: the server's default schema")
        package var schema: String?
    }
}

extension FleetConfiguration {
    /// RabbitMQ: section `broker`.
    package struct Broker: ConfigurationSection {
        @Key(
            "url",
            required: .secretURL("amqp", "amqps"),
            "RabbitMQ: amqp://user:password@host:port/vhost, or amqps:// for TLS; of a cluster's nodes "
                + "(host1:port1,host2:port2), each connection uses one that answers"
        )
        package var url: Secret

        @Key("ca_file", .path, "PEM file with the certificate authorities to trust for the broker over TLS")
        package var authorityFile: String?

        @Key(
            "certificate_file",
            .path,
            "PEM file with the certificate, and its chain, that the worker shows to the broker over TLS; default: none"
        )
        package var certificateFile: String?

        @Key(
            "key_file",
            .path,
            "PEM file with the key of broker.certificate_file, without a passphrase; default: the key is in "
                + "broker.certificate_file"
        )
        package var keyFile: String?

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
                + $keyFile.fault(
                    "is of no use without broker.certificate_file",
                    if: keyFile != nil && certificateFile == nil
                )
                + $certificateFile.fault(
                    "is of no use without TLS: broker.url must begin with amqps://",
                    if: certificateFile != nil && !url.reveal.hasPrefix("amqps:")
                )
        }

        package var cautions: [ConfigurationFault] {
            guard let file = keyFile ?? certificateFile, SecretFile(path: file).isReadableByOthers else { return [] }
            let place = keyFile == nil ? $certificateFile : $keyFile
            return [place.fault("names a file with a key, and every user of this machine can read it")]
        }
    }
}

extension FleetConfiguration {
    /// What is published of jobsets and jobs, for others to read: section `events`.
    package struct Events: ConfigurationSection {
        @Key(
            "enabled",
            .flag,
            default: false,
            "whether events are published to the exchange <broker.prefix>.events; give all workers the same value"
        )
        package var isEnabled: Bool

        @Key(
            "poll_interval_seconds",
            .seconds(0.05...3_600),
            default: .seconds(1),
            "how often to look for events to publish"
        )
        package var pollInterval: Duration

        @Key(
            "maximum_backlog",
            .integer(1_000...1_000_000_000),
            default: 1_000_000,
            "maximum number of events that wait to be published; beyond it, the oldest are dropped"
        )
        package var maximumBacklog: Int
    }
}
