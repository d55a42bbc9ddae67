// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Postgres
import Testing

/// The server that the environment names, and a schema of its own for each test.
enum TestDatabase {
    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    static func url(_ variable: String = "MUSTER_TEST_POSTGRES_URL") throws -> String {
        guard let url = ProcessInfo.processInfo.environment[variable], !url.isEmpty else {
            throw Missing(description: "\(variable) is not set: these tests need a PostgreSQL server")
        }
        return url
    }

    static func configuration(maximumConnections: Int = 4) throws -> PostgresConfiguration {
        var configuration = try PostgresConfiguration(url: url())
        configuration.pool.maximumConnections = maximumConnections
        configuration.applicationName = "postgres-tests"
        return configuration
    }

    static let logger: Logger = {
        var logger = Logger(label: "postgres.tests")
        logger.logLevel = .error
        return logger
    }()

    /// Makes a schema, runs a client whose search path it is, and drops it whatever happens.
    static func withClient<R: Sendable>(
        maximumConnections: Int = 4,
        _ adjust: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        let schema = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        var configuration = try configuration(maximumConnections: maximumConnections)
        let administration = configuration
        configuration.searchPath = schema
        adjust(&configuration)
        return try await PostgresClient.withClient(configuration: administration, logger: logger) { administrator in
            try await administrator.execute("create schema \(identifier: schema)")
            let outcome: Result<R, any Error>
            do {
                let result = try await PostgresClient.withClient(configuration: configuration, logger: logger, body)
                outcome = .success(result)
            } catch {
                outcome = .failure(error)
            }
            try await administrator.execute("drop schema \(identifier: schema) cascade")
            return try outcome.get()
        }
    }
}
