// SPDX-License-Identifier: Apache-2.0

import AMQP
import CommandLine
import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Logging
import Postgres

/// The fleet that a command works on: its configuration, and connections to it as far as the command needs any.
struct FleetAccess: Sendable {
    /// What the workers read too.
    let configuration: FleetConfiguration
    /// Silent unless `--verbose` is given: a command speaks for itself.
    let logger: Logger

    /// How long a person waits for the broker or the database to be reached at all.
    static let patience = Duration.seconds(10)

    /// Reads the configuration.
    ///
    /// - Parameter secrets: Those that the command needs; others may not be there.
    /// - Throws: `ConfigurationFaults`.
    init(_ options: ConfigurationOptions, secrets: SecretNeeds = .all) throws {
        configuration = try FleetConfiguration.load(configFile: options.config, secrets: secrets)
        try FleetConfiguration.checkAddresses(of: configuration)
        if options.verbose {
            logger = makeLogger(name: "muster", FleetConfiguration.Log(level: .debug))
        } else {
            logger = Logger(label: "muster") { _ in SwiftLogNoOpLogHandler() }
        }
    }

    /// The fleet's exchanges and queues.
    var topology: FleetTopology {
        FleetTopology(prefix: configuration.broker.prefix, backends: configuration.backends.keys)
    }

    /// How the broker is reached.
    ///
    /// - Throws: `AMQPError` for a URL that is none.
    func broker() throws -> AMQPConfiguration {
        var broker = try configuration.amqpConfiguration(name: "muster")
        broker.connectTimeout = min(broker.connectTimeout, Self.patience)
        return broker
    }

    /// How the database is reached: one command needs two connections at most, and a person is not left waiting for
    /// longer than `patience` when nobody is there.
    ///
    /// - Throws: `PostgresError` for a URL that is none.
    func database(patience: Duration = Self.patience) throws -> PostgresConfiguration {
        var database = try configuration.postgresConfiguration(name: "muster")
        database.connectTimeout = min(database.connectTimeout, patience)
        database.maximumAttempts = 2
        database.pool.maximumConnections = 2
        database.pool.acquireTimeout = patience / 2
        return database
    }
}

extension FleetAccess {
    /// Lends the store, after making sure that its schema is the one this program knows.
    ///
    /// - Throws: `SchemaMismatch`, whose description says what to do; `PostgresError`.
    func withStore<Result: Sendable>(_ body: (FleetStore) async throws -> Result) async throws -> Result {
        try await withUncheckedStore { store in
            try await store.requireSuitableSchema()
            return try await body(store)
        }
    }

    /// Lends the store as it is: for `migrate`, `doctor`, and whoever checks the schema later.
    func withUncheckedStore<Result: Sendable>(
        patience: Duration = Self.patience,
        _ body: (FleetStore) async throws -> Result
    ) async throws -> Result {
        let configuration = try database(patience: patience)
        return try await PostgresClient.withClient(configuration: configuration, logger: logger) { client in
            try await body(FleetStore(client: client))
        }
    }
}

extension FleetAccess {
    /// Lends a session with the broker.
    ///
    /// - Throws: `AMQPError` when there is none to be had.
    func withSession<Result: Sendable>(_ body: (AMQPSession) async throws -> Result) async throws -> Result {
        try await AMQPSession.withSession(configuration: try broker(), logger: logger, body)
    }

    /// Lends a publisher, which has declared the fleet's exchanges and queues before it publishes.
    ///
    /// - Parameter publishTimeout: How long a message may take at most, where that is less than what is configured.
    func withPublisher<Result: Sendable>(
        publishTimeout: Duration? = nil,
        _ body: (FleetPublisher) async throws -> Result
    ) async throws -> Result {
        var configuration = try broker()
        if let publishTimeout { configuration.publishTimeout = min(configuration.publishTimeout, publishTimeout) }
        let publisher = FleetPublisher(configuration: configuration, topology: topology, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            do {
                let result = try await body(publisher)
                group.cancelAll()
                return result
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }
}

extension FleetAccess {
    /// How long the broker may take to be told of an end: all that hangs on it is whether report and callback come at
    /// once.
    private static let notificationPatience = Duration.seconds(5)

    /// Wakes the notifier for jobsets that have finished. Without a broker it finds out by itself a little later.
    func announce(_ finished: [FinishedJobset]) async {
        guard !finished.isEmpty else { return }
        do {
            try await withPublisher(publishTimeout: Self.notificationPatience) { publisher in
                try await publisher.announce(finished: finished)
            }
        } catch {
            StandardStream.error.line("the broker is unreachable; report and callback follow without it")
        }
    }
}
