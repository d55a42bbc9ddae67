// SPDX-License-Identifier: Apache-2.0

import AMQP
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
    /// - Throws: `ConfigurationFaults`.
    init(_ options: ConfigurationOptions) throws {
        configuration = try FleetConfiguration.load(configFile: options.config)
        try FleetConfiguration.checkClients(of: configuration)
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
