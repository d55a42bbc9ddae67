// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetAssembly
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

@testable import Gateway
@testable import Ingest

/// A gateway with an ingest behind it, with a schema and queues of its own, removed after.
struct TestGateway: Sendable {
    let parts: FleetParts
    let port: Int
    var store: FleetStore { parts.store }

    /// Lends a gateway with these settings of its section.
    static func with(
        _ settings: [String] = [],
        hasIngest: Bool = true,
        ingest ingestSettings: [String] = [],
        backends: [String] = [],
        sections: String = "",
        logger: Logger = Self.logger,
        _ body: @escaping @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let name = "gw_" + UUID().uuidString.lowercased().prefix(13).replacing("-", with: "")
        let configuration = try configuration(name: name, settings, ingestSettings, backends, sections)
        var administration = try configuration.postgresConfiguration(name: name)
        administration.searchPath = nil
        try await PostgresClient.withClient(configuration: administration, logger: logger) { administrator in
            try await administrator.execute("create schema \(identifier: name)")
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await run(configuration, hasIngest: hasIngest, logger, body))
            } catch {
                outcome = .failure(error)
            }
            try await administrator.execute("drop schema \(identifier: name) cascade")
            try outcome.get()
        }
    }

    /// Lends another gateway of the same fleet.
    func withAnother(_ body: @escaping @Sendable (TestGateway) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let gateway = try GatewayServices(parts) { port.yield($0) }
        let parts = parts
        try await Self.withServices(gateway.services) {
            for await port in ports {
                try await eventually("the other gateway to be ready") { gateway.answers.isConnected }
                return try await body(TestGateway(parts: parts, port: port))
            }
        }
    }

    private static func run(
        _ configuration: FleetConfiguration,
        hasIngest: Bool,
        _ logger: Logger,
        _ body: @escaping @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let parts = try FleetParts(name: "gateway-tests", configuration: configuration, logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let gateway = try GatewayServices(parts) { port.yield($0) }
        let services = parts.services + (hasIngest ? [ingest(parts)] : []) + gateway.services
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(
                try await withServices(services) {
                    _ = try await parts.store.migrate()
                    try await parts.store.registerBackends(parts.configuration.backends.keys.sorted())
                    for await port in ports {
                        try await eventually("the gateway to be ready") { gateway.answers.isConnected }
                        return try await body(TestGateway(parts: parts, port: port))
                    }
                }
            )
        } catch {
            outcome = .failure(error)
        }
        try await removeQueues(of: parts)
        try outcome.get()
    }

    private static func ingest(_ parts: FleetParts) -> QueueWorker {
        let ingest = IngestWorker(
            store: parts.store,
            publisher: parts.publisher,
            announcer: JobAnnouncer(parts),
            limits: parts.configuration.documentLimits,
            knownBackends: Set(parts.configuration.backends.keys),
            rules: parts.configuration.namingRules,
            logger: parts.logger
        )
        return QueueWorker(
            queue: parts.topology.jobsets,
            limits: .init(prefetch: 4, concurrency: 4),
            configuration: parts.broker,
            publisher: parts.publisher,
            logger: parts.logger
        ) { try await ingest.handle($0) }
    }

    private static func removeQueues(of parts: FleetParts) async throws {
        let topology = parts.topology.topology
        try await AMQPSession.withSession(configuration: parts.broker, logger: logger) { session in
            for queue in topology.queues { _ = try await session.deleteQueue(queue.name) }
            for exchange in topology.exchanges { try await session.deleteExchange(exchange.name) }
        }
    }

    private static func withServices(
        _ services: [any Service],
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        var configuration = ServiceGroupConfiguration(services: services, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        let group = ServiceGroup(configuration: configuration)
        let running = Task { try await group.run() }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        try outcome.get()
    }

    static let logger: Logger = {
        var logger = Logger(label: "gateway.tests")
        logger.logLevel = .critical
        return logger
    }()

    private static func configuration(
        name: String,
        _ settings: [String],
        _ ingest: [String],
        _ backends: [String],
        _ sections: String
    ) throws -> FleetConfiguration {
        let environment = ProcessInfo.processInfo.environment
        guard let broker = environment["MUSTER_TEST_AMQP_URL"], let database = environment["MUSTER_TEST_POSTGRES_URL"]
        else {
            throw NeverHappened(
                what: "MUSTER_TEST_AMQP_URL and MUSTER_TEST_POSTGRES_URL name the servers that these tests need"
            )
        }
        let keys = Set(settings.compactMap { $0.split(separator: ":").first.map(String.init) })
        let usual = ["listen: 127.0.0.1:0", "answer_timeout_seconds: 30"].filter { line in
            !keys.contains(String(line.split(separator: ":")[0]))
        }
        let text = """
            broker:
              prefix: \(name)
            database:
              schema: \(name)
              maximum_connections: 4
            backends:
              lab-a:
                url: https://lava.example.org/
              lab-b:
                url: https://lava-b.example.org/
            \(backends.joined(separator: "\n"))
            \(ingest.isEmpty ? "" : "ingest:\n" + ingest.map { "  \($0)" }.joined(separator: "\n"))
            \(sections)
            gateway:
            \((usual + settings).map { "  \($0)" }.joined(separator: "\n"))
            """
        return try FleetConfiguration.load(
            text: text,
            environment: ["MUSTER_BROKER_URL": broker, "MUSTER_DATABASE_URL": database]
        )
    }
}
