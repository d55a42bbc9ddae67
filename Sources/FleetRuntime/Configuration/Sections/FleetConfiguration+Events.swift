// SPDX-License-Identifier: Apache-2.0

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
