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
