// SPDX-License-Identifier: Apache-2.0

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
    }
}
