// SPDX-License-Identifier: Apache-2.0

public import Logging

extension FleetConfiguration {
    /// How much is logged, and in which shape: section `log`.
    public struct Log: Sendable {
        /// The shape of a log line.
        public enum Format: String, Sendable, CaseIterable {
            /// For people.
            case text
            /// One JSON object a line, for machines.
            case json
        }

        /// The least important level that is logged (`log.level`).
        public var level: Logger.Level
        /// The shape of a line (`log.format`).
        public var format: Format

        /// A level and a shape, for programs that read no configuration.
        public init(level: Logger.Level = .info, format: Format = .text) {
            self.level = level
            self.format = format
        }

        init(_ values: ConfigurationValues) {
            level = values.choice("log.level")
            format = values.choice("log.format")
        }
    }
}
