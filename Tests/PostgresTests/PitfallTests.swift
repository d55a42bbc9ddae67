// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

/// The pitfalls of the project's style guide that concern libpq, by their numbers there.
@Suite("Pitfalls", .timeLimit(.minutes(10)))
struct PitfallTests {
    @Test("pitfall 4, blocking the cooperative pool: more sleeping statements than cores leave Swift's threads free")
    func cooperativePool() async throws {
        let key = Int.random(in: 1...Int.max)
        try await TestDatabase.withClient(maximumConnections: 17) { client in
            let holding = Meeting(of: 2)
            let release = Meeting(of: 2)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await client.withTransaction { transaction in
                        _ = try transaction.query("select pg_advisory_xact_lock(\(key))::text")
                        holding.arriveAndWait()
                        release.arriveAndWait()
                    }
                }
                await holding.meet()
                for _ in 0..<16 {
                    group.addTask {
                        try await client.withTransaction { transaction in
                            _ = try transaction.query("select pg_advisory_xact_lock(\(key))::text")
                        }
                    }
                }
                // All wait inside libpq at once; were that on Swift's threads, of which there is one a core, nothing here
                // would ever be asked, nor the lock be released.
                try await TestDatabase.withClient(maximumConnections: 1) { observer in
                    let waiting: PostgresStatement = """
                        select count(*) from pg_locks where locktype = 'advisory' and not granted
                        and (classid::int8 << 32 | objid::int8) = \(key)
                        """
                    try await eventually("all to wait") {
                        try await observer.query(waiting).one().decode(Int.self) == 16
                    }
                }
                await release.meet()
                try await group.waitForAll()
            }
        }
    }

    @Test("pitfall 5, dangling views: a thousand parameters of all lengths arrive whole")
    func parameters() async throws {
        try await TestDatabase.withClient { client in
            let values = (0..<1000).map { String(repeating: "ż", count: $0 % 97) + String($0) }
            let list = (1...values.count).map { "$\($0)" }.joined(separator: ",")
            let statement = PostgresStatement(sql: "select array[\(list)]::text[]", parameters: values)
            #expect(try await client.query(statement).one().decode([String].self) == values)
            let tooMany = PostgresStatement(sql: "select 1", parameters: [Int](repeating: 0, count: 65_536))
            let error = try await #require(throws: PostgresError.self) { try await client.query(tooMany) }
            #expect(error.code == .encoding)
        }
    }

    @Test("pitfall 6, borrowed memory: rows and errors outlive their connection")
    func ownership() async throws {
        let (rows, error) = try await TestDatabase.withClient { client in
            let rows = try await client.query("select n, repeat('x', n) as t from generate_series(0, 999) n")
            let error = try await #require(throws: PostgresError.self) {
                try await client.query("select * from nowhere")
            }
            for _ in 0..<20 { _ = try await client.query("select repeat('y', 100000)") }
            return (rows, error)
        }
        for (index, row) in rows.enumerated() {
            let (number, text) = try row.decode(Int.self, String.self)
            #expect(number == index && text == String(repeating: "x", count: index))
        }
        #expect(error.message.contains("nowhere"))
    }

    @Test("pitfall 7, what the importer drops: every field of an error arrives")
    func errorFields() async throws {
        try await TestDatabase.withClient { client in
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try transaction.executeScript(
                        """
                        do $$ begin
                            raise exception 'the message' using errcode = 'ZZ001', detail = 'the detail', hint = 'the hint',
                                column = 'the column', constraint = 'the constraint', table = 'the table';
                        end $$
                        """
                    )
                }
            }
            #expect(error.sqlState?.rawValue == "ZZ001" && error.severity == "ERROR" && error.message == "the message")
            #expect(error.detail == "the detail" && error.hint == "the hint" && error.column == "the column")
            #expect(error.constraint == "the constraint" && error.table == "the table")
        }
    }

    @Test("pitfall 9, re-entrancy: no statement of another caller comes between those of a transaction")
    func reentrancy() async throws {
        try await TestDatabase.withClient(maximumConnections: 2) { client in
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await client.withTransaction { transaction in
                            let first = try transaction.query("select pg_current_xact_id()::text").one()
                            let second = try transaction.query("select pg_current_xact_id()::text").one()
                            #expect(try first.decode(String.self) == second.decode(String.self))
                        }
                    }
                    group.addTask { try await client.execute("select pg_current_xact_id()") }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(
        "pitfall 9, an open transaction on return is an error and is rolled back",
        arguments: ["begin", "start transaction isolation level serializable"]
    )
    func openTransaction(_ sql: String) async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            let error = try await #require(throws: PostgresError.self) {
                try await client.execute(PostgresStatement(sql: sql, parameters: []))
            }
            #expect(error.code == .transactionMisuse)
            #expect(try await client.query("select 1").count == 1)
            let ended = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { try $0.execute("commit") }
            }
            #expect(ended.code == .transactionMisuse)
        }
    }

    @Test("pitfall 9, results are drained: several statements, COPY by hand and failures leave a usable connection")
    func drained() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            let pid = try await client.query("select pg_backend_pid()").one().decode(Int.self)
            try await client.withTransaction { try $0.executeScript("select 1; select 2; create table t (n int)") }
            await #expect(throws: PostgresError.self) { try await client.execute("copy t from stdin") }
            await #expect(throws: PostgresError.self) {
                try await client.withTransaction { try $0.executeScript("select 1; select 1/0; select 2") }
            }
            #expect(try await client.query("select pg_backend_pid()").one().decode(Int.self) == pid)
            await #expect(throws: PostgresError.self) { try await client.execute("copy t to stdout") }
            #expect(try await client.query("select 1").count == 1)
        }
    }

    @Test("pitfall 10, cancellation tears: the rollback of a cancelled task is carried out")
    func cancelledRollback() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            try await client.execute("create table t (n int)")
            for _ in 0..<20 {
                let inside = Meeting(of: 2)
                let proceed = Meeting(of: 2)
                let task = Task {
                    try await client.withTransaction { transaction in
                        try transaction.execute("insert into t values (1)")
                        inside.arriveAndWait()
                        proceed.arriveAndWait()
                    }
                }
                await inside.meet()
                task.cancel()
                await proceed.meet()
                let error = try await #require(throws: PostgresError.self) { try await task.value }
                #expect(error.code == .canceled)
            }
            #expect(try await client.query("select count(*) from t").one().decode(Int.self) == 0)
        }
    }
}
