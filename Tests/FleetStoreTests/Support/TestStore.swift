// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation
import Logging
import Postgres

/// A store in a schema of its own, on the server that the environment names. The schema is gone when the test ends.
struct TestStore: Sendable {
    struct MissingServer: Error, CustomStringConvertible {
        var description: String {
            "MUSTER_TEST_POSTGRES_URL is not set: run the tests with `make test`, which starts the servers"
        }
    }

    /// The schema, and the name under which this test's connections go in `pg_stat_activity`.
    let name: String
    let store: FleetStore
    var client: PostgresClient { store.client }

    /// Runs `body` with a store of its own.
    ///
    /// - Parameters:
    ///   - isMigrated: whether the tables and the backends are there.
    ///   - attempts: how often a transaction is tried; 1 where a deadlock must show.
    ///   - timeout: of statements and of locks.
    ///   - logger: what the store's connections log to.
    static func with(
        connections: Int = 4,
        isMigrated: Bool = true,
        attempts: Int? = nil,
        timeout: Duration? = nil,
        logger: Logger? = nil,
        _ body: (TestStore) async throws -> Void
    ) async throws {
        guard let url = ProcessInfo.processInfo.environment["MUSTER_TEST_POSTGRES_URL"], !url.isEmpty else {
            throw MissingServer()
        }
        let name = "store_" + UUID().uuidString.lowercased().replacing("-", with: "").prefix(16)
        let administration = try PostgresConfiguration(url: url)
        var configuration = administration
        configuration.searchPath = name
        configuration.applicationName = name
        configuration.pool.maximumConnections = connections
        if let attempts { configuration.maximumAttempts = attempts }
        if let timeout { (configuration.statementTimeout, configuration.lockTimeout) = (timeout, timeout) }
        try await PostgresClient.withClient(configuration: administration, logger: quiet) { administrator in
            try await administrator.execute("create schema \(identifier: name)")
            let outcome: Result<Void, any Error>
            do {
                try await PostgresClient.withClient(configuration: configuration, logger: logger ?? quiet) { client in
                    let test = TestStore(name: name, store: FleetStore(client: client))
                    if isMigrated { try await test.setUp() }
                    try await body(test)
                }
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            try await administrator.execute("drop schema \(identifier: name) cascade")
            try outcome.get()
        }
    }

    private func setUp() async throws {
        _ = try await store.migrate()
        try await store.registerBackends(["lab-a", "lab-b"])
    }

    private static let quiet: Logger = {
        var logger = Logger(label: "store.tests")
        logger.logLevel = .critical
        return logger
    }()
}
