// SPDX-License-Identifier: Apache-2.0

import Logging
import Postgres

/// The server that the environment names, and a schema of its own for each test.
enum TestDatabase {
    static func configuration(maximumConnections: Int = 4) throws -> PostgresConfiguration {
        var configuration = try PostgresConfiguration(url: TestServers.database)
        configuration.pool.maximumConnections = maximumConnections
        configuration.applicationName = "postgres-tests"
        return configuration
    }

    static let logger: Logger = {
        var logger = Logger(label: "postgres.tests")
        logger.logLevel = .error
        return logger
    }()

    /// Lends a client whose search path is a schema of its own.
    static func withClient<R: Sendable>(
        maximumConnections: Int = 4,
        _ adjust: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        let schema = TestServers.uniqueName("test")
        var configuration = try configuration(maximumConnections: maximumConnections)
        configuration.searchPath = schema
        adjust(&configuration)
        return try await withSchema(schema) {
            try await PostgresClient.withClient(configuration: configuration, logger: logger, body)
        }
    }
}
