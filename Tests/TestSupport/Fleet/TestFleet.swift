// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import FleetAssembly
package import FleetQueues
package import FleetRuntime
package import FleetStore
package import Foundation
package import Postgres
import ServiceLifecycle
import Synchronization

/// A fleet for one test: a schema and queue names of its own, its labs, its configuration, and what the test itself uses
/// of it. Everything is gone when the test ends.
///
/// No worker runs in it. A test starts real ones with ``start(_:fault:mutant:)``, or runs the services of a role in its
/// own process with ``configuration``.
package final class TestFleet: Sendable {
    /// Its schema, and the prefix of its queues.
    package let name: String
    /// Where its files are.
    package let folder: URL
    /// What its workers are told.
    package let configuration: FleetConfiguration
    /// The test's own store and publisher. They have the defaults, whatever the workers are told.
    package let parts: FleetParts
    /// Where its callbacks go.
    package let receiver = CallbackReceiver()
    let settings: Settings
    let processes: TestProcesses
    let labAddresses: Mutex<[String: LabAddress]>
    /// Where workers find the broker and the database, if not where the environment says.
    let detours = Mutex<(broker: String?, database: String?)>((nil, nil))

    /// Values of keys, as YAML, by section. Those of the section `backend` are every lab's.
    package typealias Settings = [String: [String: String]]

    package var store: FleetStore { parts.store }
    package var postgres: PostgresClient { parts.postgres }
    package var broker: AMQPConfiguration { parts.broker }
    package var topology: FleetTopology { parts.topology }
    package var publisher: FleetPublisher { parts.publisher }

    /// What of a fleet runs in the test's own process, beside the store.
    package struct Companions: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// The publisher. It declares the queues.
        package static let publisher = Companions(rawValue: 1)
        /// The receiver of callbacks.
        package static let receiver = Companions(rawValue: 2)
    }

    /// Which tables there are.
    package enum Tables: Sendable {
        case none, empty
        /// They know the fleet's labs.
        case withLabs
    }

    /// Lends a fleet.
    ///
    /// - Parameters:
    ///   - labs: The labs that it is told of.
    ///   - simulated: Those that `muster-labsim` plays, with its options.
    package static func with<Outcome: Sendable>(
        labs: [String: LabAddress],
        simulated: [String: [String]] = [:],
        settings: Settings,
        companions: Companions,
        tables: Tables = .withLabs,
        _ body: (TestFleet) async throws -> Outcome
    ) async throws -> Outcome {
        let name = TestServers.uniqueName("t")
        let processes = try TestProcesses(in: FileManager.default.temporaryDirectory.appending(path: "muster-\(name)"))
        return try await processes.remove {
            var labs = labs
            for (lab, options) in simulated { labs[lab] = try await processes.startLab(lab, options) }
            let fleet = try TestFleet(name, processes, labs: labs, settings: settings)
            return try await withSchema(name) {
                try await withQueues(of: fleet.topology) {
                    try await fleet.run(companions, tables, body)
                }
            }
        }
    }

    private func run<Outcome>(
        _ companions: Companions,
        _ tables: Tables,
        _ body: (TestFleet) async throws -> Outcome
    ) async throws -> Outcome {
        var services: [any Service] = [postgres]
        if companions.contains(.publisher) { services.append(publisher) }
        if companions.contains(.receiver) { services.append(receiver) }
        return try await withServices(services) {
            if companions.contains(.receiver) { try await receiver.waitUntilListening() }
            if tables != .none { _ = try await store.migrate() }
            if tables == .withLabs { try await store.registerBackends(topology.backends) }
            // Workers must not see their schema and their queues go: they would make them again.
            return try await withCleanUp {
                try await body(self)
            } cleanUp: {
                await processes.killAll()
            }
        }
    }

    private init(
        _ name: String,
        _ processes: TestProcesses,
        labs: [String: LabAddress],
        settings: Settings
    ) throws {
        self.name = name
        self.folder = processes.folder
        self.processes = processes
        self.settings = settings
        labAddresses = Mutex(labs)
        configuration = try .load(text: Self.configuration(name, labs: labs, settings))
        let own = try FleetConfiguration.load(text: Self.configuration(name, labs: labs, [:]))
        parts = try FleetParts(name: name, configuration: own, logger: quietLogger)
        try writeConfiguration()
    }

    /// A connection to the broker for one look.
    package func withSession<Outcome: Sendable>(
        _ body: (AMQPSession) async throws -> Outcome
    ) async throws -> Outcome {
        try await AMQPSession.withSession(configuration: broker, logger: quietLogger, body)
    }
}
