// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Logging
import Postgres

/// A store in a schema of its own, on the server that the environment names. The schema is gone when the test ends.
struct TestStore: Sendable {
    /// The schema, and the name under which this test's connections go in `pg_stat_activity`.
    let name: String
    let store: FleetStore
    var client: PostgresClient { store.client }

    /// Runs `body` with a store of its own.
    ///
    /// - Parameters:
    ///   - isAlone: in a database where no other test has a snapshot, which would keep what is deleted here.
    ///   - isMigrated: whether the tables and the backends are there.
    ///   - attempts: how often a transaction is tried; 1 where a deadlock must show.
    ///   - timeout: of statements and of locks.
    ///   - hasEvents: whether events are noted.
    ///   - logger: what the store's connections log to.
    static func with(
        connections: Int = 4,
        isAlone: Bool = false,
        isMigrated: Bool = true,
        attempts: Int? = nil,
        timeout: Duration? = nil,
        hasEvents: Bool = false,
        logger: Logger = quietLogger,
        _ body: (TestStore) async throws -> Void
    ) async throws {
        let name = TestServers.uniqueName("store")
        let url = try isAlone ? TestServers.databaseOfOne : TestServers.database
        var configuration = try TestServers.databaseConfiguration(url)
        configuration.searchPath = name
        configuration.applicationName = name
        configuration.pool.maximumConnections = connections
        if hasEvents { configuration.sessionSettings = [FleetStore.eventSetting.name: FleetStore.eventSetting.value] }
        if let attempts { configuration.maximumAttempts = attempts }
        if let timeout { (configuration.statementTimeout, configuration.lockTimeout) = (timeout, timeout) }
        try await withSchema(name, url: url) {
            try await PostgresClient.withClient(configuration: configuration, logger: logger) { client in
                let test = TestStore(name: name, store: FleetStore(client: client))
                if isMigrated { try await test.setUp() }
                try await body(test)
            }
        }
    }

    private func setUp() async throws {
        _ = try await store.migrate()
        try await store.registerBackends(["lab-a", "lab-b"])
    }
}
