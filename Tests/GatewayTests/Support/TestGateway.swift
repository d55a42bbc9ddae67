// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

@testable import Gateway
@testable import Ingest

/// A gateway with an ingest behind it, of a fleet of its own.
struct TestGateway: Sendable {
    let parts: FleetParts
    let port: Int
    var store: FleetStore { parts.store }

    /// Lends a gateway with these settings of its section.
    static func with(
        _ settings: [String: String] = [:],
        hasIngest: Bool = true,
        ingest ingestSettings: [String: String] = [:],
        labs: [String: TestFleet.LabAddress] = [:],
        sections: TestFleet.Settings = [:],
        logger: Logger = quietLogger,
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        let usual = ["listen": "127.0.0.1:0", "answer_timeout_seconds": "30"]
        let usualLabs: [String: TestFleet.LabAddress] = [
            "lab-a": .init(url: "https://lava.example.org/"), "lab-b": .init(url: "https://lava-b.example.org/"),
        ]
        try await TestFleet.with(
            labs: usualLabs.merging(labs) { $1 },
            settings: sections.overridden(by: ["gateway": usual.merging(settings) { $1 }, "ingest": ingestSettings]),
            companions: []
        ) { fleet in
            let parts = try FleetParts(name: "gateway-tests", configuration: fleet.configuration, logger: logger)
            try await lend(parts, beside: parts.services + (hasIngest ? [ingest(parts)] : []), body)
        }
    }

    /// Lends another gateway of the same fleet.
    func withAnother(_ body: (TestGateway) async throws -> Void) async throws {
        try await Self.lend(parts, beside: [], body)
    }

    private static func lend(
        _ parts: FleetParts,
        beside services: [any Service],
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let gateway = try GatewayServices(parts) { port.yield($0) }
        try await withServices(services + gateway.services) {
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
            demands: parts.configuration.projectDemands,
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
}
