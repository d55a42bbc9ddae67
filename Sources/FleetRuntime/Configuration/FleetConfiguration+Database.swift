// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// PostgreSQL: section `database`.
    public struct Database: Sendable {
        /// `postgres://user:password@host:port/database?sslmode=…` (`database.url`, `database.url_file`).
        public var url: Secret
        /// The most connections that one worker holds (`database.maximum_connections`).
        public var maximumConnections: Int
        /// How long one statement may run (`database.statement_timeout_seconds`).
        public var statementTimeout: Duration
        /// How often a worker looks whether it knows the schema (`database.schema_check_interval_seconds`).
        public var schemaCheckInterval: Duration
        /// The schema that holds the tables; `nil` means the server's default (`database.schema`).
        public var schema: String?

        init(_ values: ConfigurationValues) {
            url = values.secret("database.url", orFile: "database.url_file")
            maximumConnections = values.integer("database.maximum_connections")
            statementTimeout = values.duration("database.statement_timeout_seconds")
            schemaCheckInterval = values.duration("database.schema_check_interval_seconds")
            schema = values.optionalText("database.schema")
        }
    }
}
