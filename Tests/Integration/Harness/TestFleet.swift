// SPDX-License-Identifier: Apache-2.0

import AMQP
import AsyncHTTPClient
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Postgres
import ServiceLifecycle
import Synchronization
import Testing

/// A whole fleet of real processes for one test: a schema and queue names of its own, simulated labs, and a receiver
/// of callbacks. Everything is gone when the test ends.
final class TestFleet: Sendable {
    enum Role: String, CaseIterable, Sendable {
        case ingest, submitter, watcher, notifier
    }

    let name: String
    let folder: URL
    let store: FleetStore
    let postgres: PostgresClient
    let topology: FleetTopology
    let broker: AMQPConfiguration
    let publisher: FleetPublisher
    let receiver = CallbackReceiver()
    private let settings: [String: [String: String]]
    private let processes = Mutex<[(role: Role?, process: TestProcess)]>([])
    let labAddresses = Mutex<[String: LabAddress]>([:])
    /// Where workers find the broker and the database, if not where the environment says.
    private let detours = Mutex<(broker: String?, database: String?)>((nil, nil))

    /// Where a lab is and how to get in.
    struct LabAddress: Sendable {
        /// Empty for a lab whose jobs somebody else runs.
        var url: String
        var token: String
        /// The user that the token belongs to.
        var user: String?
        /// Where the events are, if not at `/ws/` of `url`.
        var eventsURL: String?
    }

    /// Pauses short enough for a test; the ones that matter to a test it sets itself.
    static let quickSettings: [String: [String: String]] = [
        "submitter": [
            "attempt_lease_seconds": "1", "retry_first_seconds": "0.1", "retry_maximum_seconds": "1",
            "doubt_settle_seconds": "0.5", "park_poll_milliseconds": "100",
            "probe_first_seconds": "0.1", "probe_maximum_seconds": "0.5", "stopped_probe_seconds": "0.5",
        ],
        "watcher": [
            "poll_interval_seconds": "0.2", "reconcile_interval_seconds": "3", "lease_seconds": "2",
            "missing_grace_seconds": "1", "event_retry_maximum_seconds": "0.5",
            "sweep_interval_seconds": "1", "sweep_age_seconds": "3", "infrastructure_retry_pause_seconds": "0.1",
        ],
        "notifier": [
            "poll_interval_seconds": "0.2", "callback_timeout_seconds": "1", "lease_margin_seconds": "1",
            "retry_schedule_seconds": "[0.2, 0.2, 0.5, 1, 1, 1, 1, 1, 1, 1]",
        ],
    ]

    static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private init(labs: [String], settings: [String: [String: String]]) throws {
        self.name = "t" + UUID().uuidString.lowercased().replacing("-", with: "").prefix(12)
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("muster-\(name)")
        self.settings = Self.quickSettings.merging(settings) { $0.merging($1) { _, new in new } }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let quiet = Self.quiet
        var database = try PostgresConfiguration(url: try TestServers.database)
        database.searchPath = name
        database.pool.maximumConnections = 4
        self.postgres = PostgresClient(configuration: database, logger: quiet)
        self.store = FleetStore(client: postgres)
        self.broker = try AMQPConfiguration(url: try TestServers.broker)
        self.topology = FleetTopology(prefix: name, backends: labs)
        self.publisher = FleetPublisher(configuration: broker, topology: topology, logger: quiet)
    }

    /// Sets a fleet up around `body`: labs run, the schema is there, and no worker has been started. A lab in `real` is
    /// used as it is; the others are simulated.
    static func with(
        labs: [String] = ["lab-a"],
        real: [String: LabAddress] = [:],
        labOptions: [String] = [],
        settings: [String: [String: String]] = [:],
        _ body: @Sendable (TestFleet) async throws -> Void
    ) async throws {
        let fleet = try TestFleet(labs: labs, settings: settings)
        fleet.labAddresses.withLock { $0 = real }
        // Ended gracefully and never by cancelling: a cancelled HTTP server may trap in NIO.
        let services = ServiceGroup(
            services: [fleet.postgres, fleet.publisher, fleet.receiver],
            logger: quiet
        )
        async let running: Void = services.run()
        let result: Result<Void, any Error>
        do {
            try await fleet.setUp(labs: labs, labOptions: labOptions)
            try await body(fleet)
            result = .success(())
        } catch {
            fleet.tellWhatHappened()
            result = .failure(error)
        }
        await fleet.tearDown()
        await services.triggerGracefulShutdown()
        try? await running
        try result.get()
    }

    // MARK: workers

    /// Starts one worker, perhaps with a fault point at which it dies, or with a mistake built in.
    @discardableResult
    func start(_ role: Role, fault: String? = nil, mutant: Mutant? = nil) throws -> TestProcess {
        var environment: [String: String] = [:]
        environment["MUSTER_FAULT"] = fault
        environment["MUSTER_MUTANT"] = mutant?.rawValue
        return try launch("muster-\(role.rawValue)", as: role, environment: environment)
    }

    /// Starts a program of this fleet.
    func launch(_ program: String, as role: Role? = nil, environment: [String: String] = [:]) throws -> TestProcess {
        let number = processes.withLock { $0.count }
        let process = try TestProcess(
            program,
            arguments: ["--config", folder.appendingPathComponent("muster.yaml").path],
            environment: environment,
            log: folder.appendingPathComponent("\(program.replacing("muster-", with: ""))-\(number).log")
        )
        processes.withLock { $0.append((role, process)) }
        return process
    }

    /// Starts one of each role, or as many as said.
    func startAll(_ count: Int = 1, mutant: Mutant? = nil) throws {
        for role in Role.allCases { for _ in 0..<count { try start(role, mutant: mutant) } }
    }

    /// From now on workers that are started find the broker and the database there.
    func detour(broker: String? = nil, database: String? = nil) throws {
        detours.withLock { $0 = (broker ?? $0.broker, database ?? $0.database) }
        try writeConfiguration()
    }

    /// Where a lab is, for those who do not go through a proxy.
    func address(of lab: String) throws -> LabAddress { try #require(labAddresses.withLock { $0[lab] }) }

    /// Asks every worker to end, as a person would, and waits until they have.
    func stopAll() async throws {
        let workers = processes.withLock { $0.filter { $0.role != nil }.map(\.process) }
        for worker in workers { worker.terminate() }
        for worker in workers { try await worker.waitUntilExit() }
    }

    /// From now on workers that are started find this lab so.
    func reconfigure(_ lab: String, _ change: (inout LabAddress) -> Void) throws {
        labAddresses.withLock { change(&$0[lab, default: LabAddress(url: "", token: "")]) }
        try writeConfiguration()
    }

    /// The process of a simulated lab.
    func process(of lab: String) -> TestProcess? {
        processes.withLock { $0.first { $0.role == nil && $0.process.name == lab }?.process }
    }

    func running(_ role: Role) -> [TestProcess] {
        processes.withLock { $0.filter { $0.role == role && $0.process.isRunning }.map(\.process) }
    }

    // MARK: jobsets

    /// A definition that a simulated lab runs as said. A lab fails on one with a device tag that it does not know.
    static func definition(
        _ metadata: [String: String] = [:],
        deviceType: String = "sim",
        name: String = "job",
        tag: String? = nil
    ) -> String {
        let lines = metadata.sorted { $0.key < $1.key }.map { "  \($0.key): \"\($0.value)\"\n" }.joined()
        return """
            device_type: \(deviceType)
            job_name: \(name)
            visibility: public
            priority: medium
            timeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {minutes: 1}}
            \(tag.map { "tags: [\($0)]\n" } ?? "")\(metadata.isEmpty ? "" : "metadata:\n\(lines)")actions:
            - boot: {method: qemu, media: tmpfs}
            """
    }

    func document(
        _ definitions: [String],
        backends: [String] = ["lab-a"],
        version: String = "1",
        callback: Bool = true,
        retries: Int? = nil
    ) throws -> [UInt8] {
        var document: [String: Any] = [
            "build": "/group/project/\(version)",
            "jobs": definitions.enumerated().map { index, definition in
                [
                    "environment": "env-\(index % 4)", "backend": backends[index % backends.count],
                    "definition": definition,
                ]
            },
        ]
        if callback { document["callback_url"] = try receiver.url }
        if let retries { document["retries"] = retries }
        return Array(try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys]))
    }

    @discardableResult
    func publish(_ document: [UInt8], id: UUID = UUID()) async throws -> UUID {
        try await publisher.publish(jobset: document, id: id, replyTo: nil, correlationID: nil)
        return id
    }

    func waitUntilFinished(_ id: UUID, within limit: Duration = patience) async throws -> Jobset {
        try await eventually(within: limit, "jobset \(id) to finish") {
            try await self.store.jobset(id: id)?.state == .finished
        }
        return try #require(try await store.jobset(id: id))
    }

    func waitForCallback(of id: UUID) async throws {
        try await eventually("the callback of \(id)") {
            try await self.store.deliveries(of: id).allSatisfy { $0.state == "delivered" }
        }
    }

    // MARK: set up and tear down

    private func setUp(labs: [String], labOptions: [String]) async throws {
        try await eventually("the receiver") {
            _ = try receiver.url
            return true
        }
        try await postgres.execute("create schema \(unsafeSQL: name)")
        _ = try await store.migrate()
        try await store.registerBackends(labs)
        for lab in labs where labAddresses.withLock({ $0[lab] }) == nil { try await startLab(lab, options: labOptions) }
        try writeConfiguration()
    }

    private func writeConfiguration() throws {
        let file = folder.appendingPathComponent("muster.yaml")
        try configuration(labs: topology.backends).write(to: file, atomically: true, encoding: .utf8)
    }

    private func startLab(_ lab: String, options: [String]) async throws {
        let process = try TestProcess(
            "muster-labsim",
            arguments: [
                "--port", "0", "--token", "admin=secret-of-\(lab)", "--run-time-ms", "0",
                "--log", folder.appendingPathComponent("\(lab).jsonl").path,
            ] + options,
            log: folder.appendingPathComponent("\(lab).log")
        )
        processes.withLock { $0.append((nil, process)) }
        try await eventually("\(lab) to listen") {
            guard let address = process.output.firstMatch(of: /127\.0\.0\.1:([0-9]+)/), let port = Int(address.1)
            else { return false }
            self.labAddresses.withLock {
                $0[lab] = LabAddress(url: "http://127.0.0.1:\(port)", token: "secret-of-\(lab)")
            }
            return true
        }
    }

    private func configuration(labs: [String]) throws -> String {
        let detours = detours.withLock { $0 }
        var text = "shutdown_grace_seconds: 10\nbackends:\n"
        for lab in labs {
            let address = try #require(labAddresses.withLock { $0[lab] })
            text +=
                address.url.isEmpty
                ? "  \(lab):\n    type: external\n"
                : "  \(lab):\n    url: \(address.url)\n    token: \(address.token)\n"
            if let user = address.user { text += "    user: \(user)\n" }
            if let events = address.eventsURL { text += "    events_url: \(events)\n" }
            let own = ["request_timeout_seconds": "2"].merging(settings["backend"] ?? [:]) { _, new in new }
            for (key, value) in own.sorted(by: { $0.key < $1.key }) { text += "    \(key): \(value)\n" }
        }
        let own = [
            "broker": ["url": "\"\(try detours.broker ?? TestServers.broker)\"", "prefix": name],
            "database": [
                "url": "\"\(try detours.database ?? TestServers.database)\"", "schema": name,
                "maximum_connections": "6",
            ],
            "callback": [
                "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "allowed_networks": "[\"127.0.0.0/8\"]",
            ],
        ]
        let sections = own.merging(settings) { $0.merging($1) { _, new in new } }
        for (section, values) in sections.sorted(by: { $0.key < $1.key }) where section != "backend" {
            text += "\(section):\n"
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { text += "  \(key): \(value)\n" }
        }
        return text
    }

    private func tearDown() async {
        for (_, process) in processes.withLock({ $0 }) { process.kill() }
        for (_, process) in processes.withLock({ $0 }) { try? await process.waitUntilExit() }
        _ = try? await postgres.execute("drop schema if exists \(unsafeSQL: name) cascade")
        let all = topology.topology
        _ = try? await AMQPSession.withSession(configuration: broker, logger: Logger(label: "test")) { session in
            for queue in all.queues { _ = try? await session.deleteQueue(queue.name) }
            for exchange in all.exchanges { try? await session.deleteExchange(exchange.name) }
        }
        if !keepsFolder.withLock({ $0 }) { try? FileManager.default.removeItem(at: folder) }
    }

    private let keepsFolder = Mutex(false)

    /// The last lines of every process, for whoever reads of a failure.
    private func tellWhatHappened() {
        keepsFolder.withLock { $0 = true }
        print("the files of this fleet are in \(folder.path)")
        // Those that a test has killed by the dozen have nothing to tell.
        for (_, process) in processes.withLock({ $0 }).suffix(12) {
            let lines = process.output.split(separator: "\n").suffix(15).joined(separator: "\n    ")
            print("--- \(process.name), \(process.isRunning ? "running" : "ended"):\n    \(lines)")
        }
    }
}
