// SPDX-License-Identifier: Apache-2.0

package import Logging

extension FleetConfiguration {
    /// How much is logged, and in which shape: section `log`.
    package struct Log: ConfigurationSection {
        /// The shape of a log line.
        package enum Format: String, Sendable, CaseIterable {
            /// For people.
            case text
            /// One JSON object a line, for machines.
            case json
        }

        @Key("level", .choice, default: .info, "the lowest level that is logged")
        package var level: Logger.Level

        @Key("format", .choice, default: .text, "format of log lines on standard error")
        package var format: Format

        init() {}

        /// For programs that read no configuration.
        package init(level: Logger.Level) { self.level = level }
    }
}

extension FleetConfiguration {
    /// Where health and metrics are served: section `metrics`.
    package struct Metrics: ConfigurationSection {
        @Key(
            "listen",
            .listen,
            default: nil,
            "address for health and metrics, such as 127.0.0.1:9464; each worker on a machine needs its own port"
        )
        package var listen: ListenAddress?

        @Key(
            "instance",
            .integer(0...99),
            default: 0,
            "number that is added to the port of metrics.listen, so that one setting serves all instances of a systemd unit"
        )
        package var instance: Int

        /// Where this instance serves.
        package var address: ListenAddress? {
            listen.map { ListenAddress(host: $0.host, port: $0.port == 0 ? 0 : $0.port + instance) }
        }

        package var conflicts: [ConfigurationFault] {
            $listen.fault("has no port left for metrics.instance \(instance)", if: (address?.port ?? 0) > 65_535)
        }
    }
}

extension FleetConfiguration {
    /// Where spans of traces go: section `tracing`.
    package struct Tracing: ConfigurationSection {
        @Key(
            "otlp_endpoint",
            .url("http", "https"),
            "the collector that gets spans as OTLP/HTTP in JSON, such as http://127.0.0.1:4318, to which /v1/traces is added; "
                + "without it, $OTEL_EXPORTER_OTLP_ENDPOINT"
        )
        package var endpoint: String?
    }
}
