// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("Prepared statements", .timeLimit(.minutes(10)))
struct PreparedStatementTests {
    @Test("equal text is prepared once, and the cache keeps its bound")
    func bound() async throws {
        try await TestDatabase.withClient(maximumConnections: 1, { $0.preparedStatementCapacity = 5 }) { client in
            for value in 0..<20 { _ = try await client.query("select \(value)") }
            let one = try await client.query("select count(*) from pg_prepared_statements").one().decode(Int.self)
            #expect(one == 2)
            for value in 0..<20 { _ = try await client.query("select \(unsafeSQL: String(value))") }
            let many = try await client.query("select count(*) from pg_prepared_statements").one().decode(Int.self)
            #expect(many <= 5)
        }
    }

    @Test("a statement can be part of another, whose values keep their places")
    func fragments() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            let inner: PostgresStatement = "(\(2) + \(3))"
            let outer: PostgresStatement = "select \(1) + \(fragment: inner) * \(fragment: "\(fragment: inner)") + \(4)"
            #expect(outer.sql == "select $1 + ($2 + $3) * ($4 + $5) + $6")
            let number = try await client.query(outer).one().decode(Int.self)
            #expect(number == 30)
            let truth = try await client.query("select \(fragment: "true")").one().decode(Bool.self)
            #expect(truth)
        }
    }

    @Test("a statement whose result type changed is prepared again, alone and in a transaction")
    func stalePlan() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            try await client.execute("create table t (a int)")
            #expect(try await client.query("select * from t").columns.count == 1)
            try await client.execute("alter table t add b int")
            #expect(try await client.query("select * from t").columns.count == 2)
            try await client.execute("alter table t add c int")
            let columns = try await client.withTransaction { try $0.query("select * from t").columns.count }
            #expect(columns == 3)
        }
    }

    @Test("a statement that the server was made to forget is prepared again")
    func forgotten() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            _ = try await client.query("select 1")
            try await client.execute("deallocate all")
            #expect(try await client.query("select 1").count == 1)
        }
    }
}
