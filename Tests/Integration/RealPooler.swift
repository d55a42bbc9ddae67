// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation
import Postgres
import Testing

/// Through a real PgBouncer, which ignores no parameter that it does not know: `make test-pooler` starts it.
@Suite(.timeLimit(.minutes(10)))
struct RealPooler {
    private static func withClient<Outcome: Sendable>(
        _ configuration: PostgresConfiguration,
        _ body: (PostgresClient) async throws -> Outcome
    ) async throws -> Outcome {
        try await PostgresClient.withClient(configuration: configuration, logger: quietLogger, body)
    }

    /// `isPooled`: through the pooler of transactions, else that of sessions.
    private static func configuration(byTransaction: Bool) throws -> PostgresConfiguration {
        let url = try byTransaction ? TestServers.database : TestServers.required("MUSTER_TEST_POOLER_SESSION_URL")
        var configuration = try PostgresConfiguration(url: url)
        configuration.pooling = byTransaction ? .transaction : .session
        return configuration
    }

    @Test(
        "settings are in force in every statement and transaction, whoever had the session before",
        arguments: [true, false]
    )
    func settings(byTransaction: Bool) async throws {
        var first = try Self.configuration(byTransaction: byTransaction)
        first.searchPath = #""odd \ 'schema'", public"#
        first.statementTimeout = .seconds(7)
        first.sessionSettings = ["muster.test": "it's"]
        var second = first
        second.searchPath = "other"
        second.statementTimeout = .seconds(9)
        second.sessionSettings = [:]
        let question: PostgresStatement = """
            select current_setting('search_path'), current_setting('statement_timeout'),
                coalesce(current_setting('muster.test', true), ''), current_setting('timezone')
            """
        try await Self.withClient(first) { one in
            try await Self.withClient(second) { other in
                for _ in 0..<10 {
                    for (client, wanted) in [
                        (one, [#""odd \ 'schema'", public"#, "7s", "it's", "UTC"]),
                        (other, ["other", "9s", "", "UTC"]),
                    ] {
                        let alone = try await client.query(question).one()
                        let inside = try await client.withTransaction { try $0.query(question).one() }
                        for row in [alone, inside] {
                            let (path, timeout, own, zone) = try row.decode(
                                String.self,
                                String.self,
                                String.self,
                                String.self
                            )
                            #expect([path, timeout, own, zone] == wanted)
                        }
                    }
                }
            }
        }
    }

    @Test("many clients with the same statements share few sessions", arguments: [true, false])
    func shared(byTransaction: Bool) async throws {
        let configuration = try Self.configuration(byTransaction: byTransaction)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Each client has a connection or more; the pool has 40 sessions.
            for number in 0..<(byTransaction ? 60 : 20) {
                group.addTask {
                    try await Self.withClient(configuration) { client in
                        for round in 0..<10 {
                            let sum = try await client.withTransaction { sql in
                                try sql.query("select \(number)::bigint + \(round)::bigint").one().decode(Int.self)
                            }
                            let text = try await client.query("select \("x\(sum)")::text").one().decode(String.self)
                            #expect(text == "x\(number + round)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        "a statement on its own that fails leaves no transaction open, and one that is canceled ends",
        arguments: [true, false]
    )
    func failures(byTransaction: Bool) async throws {
        var configuration = try Self.configuration(byTransaction: byTransaction)
        configuration.pool.maximumConnections = 1
        try await Self.withClient(configuration) { client in
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) { try await client.query("select 1 / 0") }
                #expect(error?.code == .server)
                #expect(try await client.query("select 1").one().decode(Int.self) == 1)
            }
            let sleeping = Task { try await client.query("select pg_sleep(60)") }
            try await Task.sleep(for: .milliseconds(200))
            sleeping.cancel()
            let error = await #expect(throws: PostgresError.self) { _ = try await sleeping.value }
            #expect(error?.code == .canceled)
            #expect(try await client.query("select 1").one().decode(Int.self) == 1)
        }
    }

    @Test("notifications come through a pooler of sessions, and are refused for one of transactions")
    func notifications() async throws {
        let byTransaction = try Self.configuration(byTransaction: true)
        let error = await #expect(throws: PostgresError.self) {
            try await Self.withClient(byTransaction) { client in
                try await client.withNotifications(channels: ["any"]) { _ in }
            }
        }
        #expect(error?.code == .configuration)
        let channel = TestServers.uniqueName("channel")
        let heard = try await Self.withClient(Self.configuration(byTransaction: false)) { client in
            try await client.withNotifications(channels: [channel]) { stream -> PostgresNotification? in
                try await client.execute("select pg_notify(\(channel), 'hello')")
                for await notification in stream { return notification }
                return nil
            }
        }
        guard case .message(let message)? = heard else {
            Issue.record("\(String(describing: heard))")
            return
        }
        #expect(message.payload == "hello")
    }

    @Test("without the switch PgBouncer refuses what a worker sends first: that is a fault of the configuration")
    func unset() async throws {
        var configuration = try Self.configuration(byTransaction: true)
        configuration.pooling = .none
        let direct = configuration
        let error = await #expect(throws: PostgresError.self) {
            try await Self.withClient(direct) { try await $0.query("select 1") }
        }
        #expect(error?.code == .configuration && error?.message.contains("options") == true)
        try await TestFleet.with { fleet in
            let environment = ["MUSTER_DATABASE_POOLER": "none"]
            let worker = try fleet.launch("muster-ingest", environment: environment)
            try await worker.waitUntilExit()
            #expect(worker.exitStatus == 78, "\(worker.output)")
            let doctor = try fleet.launch("muster", arguments: ["doctor"], environment: environment)
            try await doctor.waitUntilExit()
            #expect(doctor.output.contains("set database.pooler to the mode"), "\(doctor.output)")
        }
    }

    @Test("doctor knows of the pooler")
    func doctor() async throws {
        try await TestFleet.with { fleet in
            let process = try fleet.launch("muster", arguments: ["doctor"])
            try await process.waitUntilExit()
            #expect(process.output.contains("share those of a pooler (transaction)"), "\(process.output)")
            #expect(process.output.contains("ok       schema"), "\(process.output)")
        }
    }
}
