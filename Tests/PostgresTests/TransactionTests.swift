// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("Transactions", .timeLimit(.minutes(10)))
struct TransactionTests {
    private struct Refusal: Error {}

    private func withTable<R: Sendable>(_ body: (PostgresClient) async throws -> R) async throws -> R {
        try await TestDatabase.withClient { client in
            try await client.execute(
                "create table item (id int primary key, amount int not null constraint amount_positive check (amount >= 0))"
            )
            return try await body(client)
        }
    }

    private func count(_ client: PostgresClient) async throws -> Int {
        try await client.query("select count(*) from item").one().decode(Int.self)
    }

    @Test("what a transaction did is there after it, and its result is returned")
    func commit() async throws {
        try await withTable { client in
            let written = try await client.withTransaction { transaction in
                try transaction.execute("insert into item select n, n from generate_series(1, \(10)) n")
            }
            #expect(written == 10)
            #expect(try await count(client) == 10)
        }
    }

    @Test("an error thrown in the closure undoes everything and is thrown on")
    func rollback() async throws {
        try await withTable { client in
            await #expect(throws: Refusal.self) {
                try await client.withTransaction { transaction in
                    try transaction.execute("insert into item values (1, 1)")
                    throw Refusal()
                }
            }
            let left = try await count(client)
            #expect(left == 0)
        }
    }

    @Test("a failed statement whose error is swallowed does not pass for a commit")
    func swallowed() async throws {
        try await withTable { client in
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try transaction.execute("insert into item values (1, 1)")
                    _ = try? transaction.execute("insert into item values (1, 1)")
                }
            }
            #expect(error.sqlState == .uniqueViolation)
            #expect(try await count(client) == 0)
        }
    }

    @Test("a savepoint undoes only its own part")
    func savepoint() async throws {
        try await withTable { client in
            try await client.withTransaction { transaction in
                try transaction.execute("insert into item values (1, 1)")
                do {
                    try transaction.savepoint {
                        try transaction.execute("insert into item values (2, 2)")
                        try transaction.execute("insert into item values (1, 1)")
                    }
                    Issue.record("the second row went in twice")
                } catch let error as PostgresError {
                    #expect(error.sqlState == .uniqueViolation)
                }
                try transaction.savepoint { _ = try transaction.execute("insert into item values (3, 3)") }
            }
            let ids = try await client.query("select id from item order by id").map { try $0.decode(Int.self) }
            #expect(ids == [1, 3])
        }
    }

    @Test("a violated constraint is named, and its values stay out of the description")
    func constraint() async throws {
        try await withTable { client in
            let check = try await #require(throws: PostgresError.self) {
                try await client.execute("insert into item values (\(7), \(-4711))")
            }
            #expect(check.code == .server)
            #expect(check.sqlState == .checkViolation)
            #expect(check.constraint == "amount_positive")
            #expect(check.table == "item")
            #expect(!check.description.contains("4711"))
            #expect(check.debugDescription.contains("4711"))
            let syntax = try await #require(throws: PostgresError.self) { try await client.query("select * frm item") }
            #expect(syntax.sqlState == .syntaxError && syntax.position == 10)
            let table = try await #require(throws: PostgresError.self) { try await client.query("select * from itm") }
            #expect(table.sqlState == .undefinedTable && !table.isRetriable)
        }
    }

    @Test("a constraint checked at COMMIT fails the transaction")
    func deferredConstraint() async throws {
        try await TestDatabase.withClient { client in
            try await client.execute(
                "create table pair (id int constraint pair_once unique deferrable initially deferred)"
            )
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try transaction.execute("insert into pair values (1), (1)")
                }
            }
            #expect(error.code == .server && error.constraint == "pair_once")
            #expect(try await client.query("select count(*) from pair").one().decode(Int.self) == 0)
        }
    }

    @Test("a read-only transaction writes nothing")
    func readOnly() async throws {
        try await withTable { client in
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction(readOnly: true) { try $0.execute("insert into item values (1, 1)") }
            }
            #expect(error.sqlState == .readOnlyTransaction)
        }
    }

    @Test("two transactions that read what the other writes are put in order by a retry")
    func serialization() async throws {
        try await withTable { client in
            let attempts = Counter()
            // Both read before either writes, at the first attempt: so one of them must be tried again.
            let meeting = Meeting(of: 2)
            try await withThrowingTaskGroup { group in
                for id in 1...2 {
                    group.addTask {
                        try await client.withTransaction(isolation: .serializable) { transaction in
                            attempts.increment()
                            let seen = try transaction.query("select count(*) from item").one().decode(Int.self)
                            meeting.arriveAndWait()
                            try transaction.execute("insert into item values (\(id), \(seen))")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let seen = try await client.query("select amount from item order by amount").map { try $0.decode(Int.self) }
            #expect(seen == [0, 1])
            // The server may break off one more than it would have to.
            #expect(attempts.value >= 3)
        }
    }

    @Test("a deadlock is resolved by a retry of the one that lost")
    func deadlock() async throws {
        try await withTable { client in
            try await client.execute("insert into item values (1, 0), (2, 0)")
            let meeting = Meeting(of: 2)
            try await withThrowingTaskGroup { group in
                for (first, second) in [(1, 2), (2, 1)] {
                    group.addTask {
                        try await client.withTransaction { transaction in
                            try transaction.execute("update item set amount = amount + 1 where id = \(first)")
                            meeting.arriveAndWait()
                            try transaction.execute("update item set amount = amount + 1 where id = \(second)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.query("select sum(amount) from item").one().decode(Int.self) == 4)
        }
    }

    @Test("a retry gives up after the configured attempts")
    func retriesAreBounded() async throws {
        try await TestDatabase.withClient({ $0.maximumAttempts = 3 }) { client in
            let attempts = Counter()
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    attempts.increment()
                    try transaction.executeScript("do $$ begin raise exception using errcode = '40001'; end $$")
                }
            }
            #expect(error.sqlState == .serializationFailure)
            // The server may break off one more than it would have to.
            #expect(attempts.value >= 3)
        }
    }

    @Test("a longer statement timeout holds for its transaction alone, a shorter one too")
    func statementTimeout() async throws {
        try await TestDatabase.withClient(maximumConnections: 1) { client in
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try transaction.setStatementTimeout(.milliseconds(50))
                    _ = try transaction.query("select 1 from pg_sleep(30)")
                }
            }
            #expect(error.code == .server && error.sqlState == .queryCanceled)
            let setting = try await client.query("select current_setting('statement_timeout')").one()
            #expect(try setting.decode(String.self) == "1min")
        }
    }
}
