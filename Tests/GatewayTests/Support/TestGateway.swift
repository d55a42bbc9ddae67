// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Logging

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
        logger: Logger = quietLogger,
        _ body: @escaping @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let name = TestServers.uniqueName("gw")
        let configuration = try configuration(name: name, settings, ingestSettings, backends, sections)
        let parts = try FleetParts(name: "gateway-tests", configuration: configuration, logger: logger)
        try await withSchema(name) {
            try await withQueues(of: parts.topology) { try await run(parts, hasIngest: hasIngest, body) }
        }
    }

    /// Lends another gateway of the same fleet.
    func withAnother(_ body: @escaping @Sendable (TestGateway) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let gateway = try GatewayServices(parts) { port.yield($0) }
        let parts = parts
        try await withServices(gateway.services) {
            for await port in ports {
                try await eventually("the other gateway to be ready") { gateway.answers.isConnected }
                return try await body(TestGateway(parts: parts, port: port))
            }
        }
    }

    private static func run(
        _ parts: FleetParts,
        hasIngest: Bool,
        _ body: @escaping @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let gateway = try GatewayServices(parts) { port.yield($0) }
        let services = parts.services + (hasIngest ? [ingest(parts)] : []) + gateway.services
        try await withServices(services) {
            _ = try await parts.store.migrate()
            try await parts.store.registerBackends(parts.configuration.backends.keys.sorted())
            for await port in ports {
                try await eventually("the gateway to be ready") { gateway.answers.isConnected }
                return try await body(TestGateway(parts: parts, port: port))
            }
        }
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

    private static func configuration(
        name: String,
        _ settings: [String],
        _ ingest: [String],
        _ backends: [String],
        _ sections: String
    ) throws -> FleetConfiguration {
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
            environment: ["MUSTER_BROKER_URL": TestServers.broker, "MUSTER_DATABASE_URL": TestServers.database]
        )
    }
}
