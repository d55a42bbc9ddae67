// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// Where health and metrics are served: section `metrics`.
    package struct Metrics: ConfigurationSection {
        @Key(
            "listen",
            .listen,
            default: nil,
            "where health and metrics are served, such as 127.0.0.1:9464; a worker each needs a port of its own"
        )
        package var listen: ListenAddress?
    }
}
