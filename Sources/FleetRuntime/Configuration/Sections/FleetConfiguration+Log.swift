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
