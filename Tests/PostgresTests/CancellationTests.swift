// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("Cancellation", .timeLimit(.minutes(10)))
struct CancellationTests {
    private func isRunning(_ client: PostgresClient, _ marker: String) async throws -> Bool {
        try await client.query(
            "select 1 from pg_stat_activity where state = 'active' and query like \("%\(marker)%") and pid <> pg_backend_pid()"
        ).count > 0
    }

    @Test("a cancelled statement stops on the server, and its connection serves the next caller")
    func statement() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            try await TestDatabase.withClient { observer in
                let marker = UUID().uuidString
                let pid = try await client.query("select pg_backend_pid()").one().decode(Int.self)
                let statement = PostgresStatement(sql: "select pg_sleep(60) /* \(marker) */", parameters: [])
                let task = Task { try await client.query(statement) }
                try await eventually("it to run") { try await isRunning(observer, marker) }
                task.cancel()
                let error = try await #require(throws: PostgresError.self) { try await task.value }
                #expect(error.code == .canceled)
                #expect(try await client.query("select pg_backend_pid()").one().decode(Int.self) == pid)
                #expect(try await !isRunning(observer, marker))
            }
        }
    }

    @Test("a cancelled transaction is rolled back")
    func transaction() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            try await TestDatabase.withClient { observer in
                try await client.execute("create table t (n int)")
                let marker = UUID().uuidString
                let task = Task {
                    try await client.withTransaction { transaction in
                        try transaction.execute("insert into t values (1)")
                        _ = try transaction.query(
                            PostgresStatement(sql: "select 1 from pg_sleep(60) /* \(marker) */", parameters: [])
                        )
                    }
                }
                try await eventually("it to run") { try await isRunning(observer, marker) }
                task.cancel()
                let error = try await #require(throws: PostgresError.self) { try await task.value }
                #expect(error.code == .canceled)
                #expect(try await client.query("select count(*) from t").one().decode(Int.self) == 0)
            }
        }
    }

    @Test("a cancelled wait for a connection ends, and leaves the pool whole")
    func waiting() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            let release = Meeting(of: 2)
            let holding = Meeting(of: 2)
            let holder = Task {
                try await client.withTransaction { _ in
                    holding.arriveAndWait()
                    release.arriveAndWait()
                }
            }
            await holding.meet()
            let waiter = Task { try await client.query("select 1") }
            waiter.cancel()
            let error = try await #require(throws: PostgresError.self) { try await waiter.value }
            #expect(error.code == .canceled)
            await release.meet()
            try await holder.value
            #expect(try await client.query("select 1").count == 1)
        }
    }

    @Test("a cancel request never hits the statement of the next caller")
    func lateRequest() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            for round in 0..<100 {
                let task = Task { try await client.query("select 1 from pg_sleep(\(Double(round % 10) / 2000))") }
                if round % 3 > 0 { await Task.yield() }
                task.cancel()
                _ = await task.result
                let rows = try await client.query("select 1 from pg_sleep(0.001)")
                #expect(rows.count == 1)
            }
        }
    }
}
