// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// PostgreSQL: section `database`.
    package struct Database: ConfigurationSection {
        @Key(
            "url",
            required: .secretURL("postgres", "postgresql"),
            "PostgreSQL: postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=…"
        )
        package var url: Secret

        @Key("maximum_connections", .integer(1...1_000), default: 10, "the most connections that one worker holds")
        package var maximumConnections: Int

        @Key(
            "statement_timeout_seconds",
            .seconds(1...3_600),
            default: .seconds(30),
            "how long one statement may run, except for what grows with a jobset, and for migrate"
        )
        package var statementTimeout: Duration

        @Key(
            "schema_check_interval_seconds",
            .seconds(0.05...3_600),
            default: .seconds(10),
            "how often a worker looks whether the schema is still one that it knows; it stops when it is not"
        )
        package var schemaCheckInterval: Duration

        @Key("schema", .name, "the schema that holds the tables; otherwise the server's default")
        package var schema: String?
    }
}
