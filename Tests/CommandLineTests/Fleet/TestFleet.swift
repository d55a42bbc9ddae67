// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Postgres

/// A fleet for one test on the shared servers: queues with a prefix and tables in a schema of its own, removed after.
struct TestFleet: Sendable {
    let prefix: String
    let schema: String
    let broker: AMQPConfiguration
    let database: PostgresConfiguration
    let environment: [String: String]

    var topology: FleetTopology { FleetTopology(prefix: prefix, backends: ["lab-a"]) }

    /// Lends a fleet; its schema is empty unless `isMigrated`.
    static func with(isMigrated: Bool = true, _ body: (TestFleet) async throws -> Void) async throws {
        let name = UUID().uuidString.lowercased().prefix(8)
        var database = try PostgresConfiguration(url: TestServers.database)
        let schema = "muster_cli_\(name)"
        database.searchPath = schema
        let fleet = TestFleet(
            prefix: "muster-cli-\(name)",
            schema: schema,
            broker: try AMQPConfiguration(url: TestServers.broker),
            database: database,
            environment: [
                "MUSTER_BROKER_URL": try TestServers.broker, "MUSTER_BROKER_PREFIX": "muster-cli-\(name)",
                "MUSTER_DATABASE_URL": try TestServers.database, "MUSTER_DATABASE_SCHEMA": schema,
                "MUSTER_CONFIG": try configurationFile(name: String(name)),
            ]
        )
        try await withSchema(schema) {
            try await withQueues(of: fleet.topology) {
                if isMigrated { try await fleet.withStore { _ = try await $0.migrate() } }
                try await body(fleet)
            }
        }
        if let file = fleet.environment["MUSTER_CONFIG"] { try FileManager.default.removeItem(atPath: file) }
    }

    /// Only a file can name a lab.
    private static func configurationFile(name: String) throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "muster-cli-\(name).yaml")
        try Data("backends: {lab-a: {url: \"http://127.0.0.1:1\", token: hunter2}}\n".utf8).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
        return url.path
    }

    func withClient(_ body: (PostgresClient) async throws -> Void) async throws {
        try await PostgresClient.withClient(configuration: database, logger: quietLogger, body)
    }

    func withStore(_ body: (FleetStore) async throws -> Void) async throws {
        try await withClient { try await body(FleetStore(client: $0)) }
    }

    func withSession<Result: Sendable>(_ body: (AMQPSession) async throws -> Result) async throws -> Result {
        try await AMQPSession.withSession(configuration: broker, logger: quietLogger, body)
    }

    /// Runs `muster` on this fleet.
    func muster(_ arguments: String..., input: String = "") async throws -> Program.Ending {
        try await Program(arguments: arguments, environment: environment, input: input).run()
    }

    /// Stores a jobset as ingest would and answers its id.
    func accept(jobs: Int) async throws -> String {
        let id = UUID()
        let entries = (0..<jobs).map { number in
            #"{"environment": "env-\#(number)", "backend": "lab-a", "definition": "device_type: sim"}"#
        }
        let text = #"{"build": "/g/p/1", "jobs": [\#(entries.joined(separator: ","))]}"#
        let document = try JobsetDocument.read(Array(text.utf8), limits: DocumentLimits(), knownBackends: ["lab-a"])
        try await withStore { store in
            try await store.registerBackends(["lab-a"])
            _ = try await store.acceptJobset(id: id, document: document)
        }
        return id.uuidString.lowercased()
    }
}
