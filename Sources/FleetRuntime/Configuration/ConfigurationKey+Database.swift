// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `database`.
    static let database: [ConfigurationKey] = [
        .init(
            "database.url",
            .url(schemes: ["postgres", "postgresql"], secret: true),
            required: true,
            orFile: "database.url_file",
            "PostgreSQL: postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=…"
        ),
        .init("database.url_file", .path, "a file that holds database.url"),
        .init(
            "database.maximum_connections",
            .integer(1...1_000),
            default: "10",
            "the most connections that one worker holds"
        ),
        .init(
            "database.statement_timeout_seconds",
            .seconds(1...3_600),
            default: "30",
            "how long one statement may run, except for what grows with a jobset, and for migrate"
        ),
        .init(
            "database.schema_check_interval_seconds",
            .seconds(0.05...3_600),
            default: "10",
            "how often a worker looks whether the schema is still one that it knows; it stops when it is not"
        ),
        .init("database.schema", .name, "the schema that holds the tables; otherwise the server's default"),
    ]
}
