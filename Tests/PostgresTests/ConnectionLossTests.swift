// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("Lost connections", .timeLimit(.minutes(10)))
struct ConnectionLossTests {
    /// Ends the connections of a client by its name, from another one, and waits until the server has forgotten them.
    private func kill(_ client: PostgresClient, where condition: String = "true") async throws {
        let name = client.configuration.applicationName
        try await PostgresClient.withClient(configuration: TestDatabase.configuration(), logger: TestDatabase.logger) {
            killer in
            try await eventually("a connection to end") {
                try await killer.query(
                    """
                    select pg_terminate_backend(pid, 5000) from pg_stat_activity
                    where application_name = \(name) and \(unsafeSQL: condition)
                    """
                ).count > 0
            }
        }
    }

    private func withClient<R: Sendable>(_ body: (PostgresClient) async throws -> R) async throws -> R {
        try await TestDatabase.withClient({ $0.applicationName = "loss-\(UUID().uuidString)" }, body)
    }

    @Test("a connection ended while idle is replaced unnoticed")
    func idle() async throws {
        try await withClient { client in
            let before = try await client.query("select pg_backend_pid()").one().decode(Int.self)
            try await kill(client)
            let after = try await client.query("select pg_backend_pid()").one().decode(Int.self)
            #expect(before != after)
            try await kill(client)
            try await client.withTransaction { _ = try $0.query("select 1") }
        }
    }

    @Test("a statement whose connection ends is an error, since it may have happened")
    func statement() async throws {
        try await withClient { client in
            let sleeper = Task { try await client.query("select pg_sleep(60)") }
            try await kill(client, where: "state = 'active'")
            let error = try await #require(throws: PostgresError.self) { try await sleeper.value }
            #expect(error.code == .connection && error.isConnectionLoss)
            #expect(error.sqlState == .adminShutdown)
        }
    }

    @Test("a statement that may be repeated is repeated")
    func idempotentStatement() async throws {
        try await withClient { client in
            try await client.execute("create sequence tries")
            async let tries = client.query(
                "select n, pg_sleep(case n when 1 then 60 else 0 end)::text from nextval('tries') n",
                idempotent: true
            )
            try await kill(client, where: "state = 'active'")
            #expect(try await tries.one().decode("n", as: Int.self) == 2)
        }
    }

    @Test("a transaction whose connection ends before COMMIT is repeated as a whole")
    func transaction() async throws {
        try await withClient { client in
            try await client.execute("create table t (n int)")
            let attempts = Counter()
            async let done: Void = client.withTransaction { transaction in
                let attempt = attempts.increment()
                try transaction.execute("insert into t values (\(attempt))")
                if attempt == 1 { _ = try transaction.query("select 1 from pg_sleep(60)") }
            }
            try await kill(client, where: "state = 'active' and query like '%pg_sleep%'")
            try await done
            let rows = try await client.query("select n from t")
            #expect(try rows.map { try $0.decode(Int.self) } == [2])
        }
    }

    /// A deferred trigger that ends its own connection, so that it breaks while COMMIT is on its way. The sequence, which no
    /// rollback turns back, counts the attempts.
    private func makeDeadlyTable(_ client: PostgresClient) async throws {
        try await client.withTransaction { transaction in
            try transaction.executeScript(
                """
                create table t (n int);
                create sequence attempts;
                create function die() returns trigger language plpgsql as $$
                begin
                    if nextval('attempts') < 2 then perform pg_terminate_backend(pg_backend_pid()); end if;
                    return null;
                end $$;
                create constraint trigger deadly after insert on t deferrable initially deferred
                    for each row execute function die();
                """
            )
        }
    }

    @Test("a connection that breaks during COMMIT leaves the outcome unknown, and nothing is repeated")
    func commitUnknown() async throws {
        try await withClient { client in
            try await makeDeadlyTable(client)
            let attempts = Counter()
            let error = try await #require(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    attempts.increment()
                    try transaction.execute("insert into t values (1)")
                }
            }
            #expect(error.code == .commitUnknown)
            #expect(attempts.value == 1)
        }
    }

    @Test("unless repeating it changes nothing")
    func commitRepeated() async throws {
        try await withClient { client in
            try await makeDeadlyTable(client)
            try await client.withTransaction(idempotent: true) { try $0.execute("insert into t values (1)") }
            #expect(try await client.query("select count(*) from t").one().decode(Int.self) == 1)
        }
    }
}
