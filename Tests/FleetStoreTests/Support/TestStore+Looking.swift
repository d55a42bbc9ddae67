// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

/// What the rows say, and transactions that hold others up.
extension TestStore {
    func integers(_ statement: PostgresStatement) async throws -> [Int] {
        try await client.query(statement).map { try $0.decode(Int.self) }
    }

    func count(_ statement: PostgresStatement) async throws -> Int {
        try #require(try await integers(statement).first)
    }

    func isTrue(_ statement: PostgresStatement) async throws -> Bool {
        try #require(try await client.query(statement).first).decode(Bool.self)
    }

    /// How many of this test's connections wait for a lock.
    private static func waiting(_ name: String) -> PostgresStatement {
        "select count(*) from pg_stat_activity where application_name = \(name) and wait_event_type = 'Lock'"
    }

    func waitUntilWaiting(_ number: Int) async throws {
        try await eventually("\(number) to wait for a lock") {
            try await count(Self.waiting(name)) >= number
        }
    }

    /// Locks a jobset, does `work`, and lets go when so many others wait for a lock and `condition` holds,
    /// at the latest when it is out of patience.
    ///
    /// `work` starts when the lock is held: what got in before would not wait for it.
    func withJobsetLocked<Result: Sendable>(
        _ id: UUID,
        untilWaiting number: Int,
        and condition: PostgresStatement = "select true",
        _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        let (locked, continuation) = AsyncStream.makeStream(of: Void.self)
        async let held: Void = holdJobset(id, untilWaiting: number, and: condition, then: continuation)
        for await _ in locked { break }
        let result = try await work()
        try await held
        return result
    }

    private func holdJobset(
        _ id: UUID,
        untilWaiting number: Int,
        and condition: PostgresStatement,
        then locked: AsyncStream<Void>.Continuation
    ) async throws {
        defer { locked.finish() }
        let waiting = Self.waiting(name)
        try await client.withTransaction { sql in
            try sql.execute("select from jobset where id = \(id) for no key update")
            locked.yield()
            let deadline = ContinuousClock.now + patience
            while ContinuousClock.now < deadline {
                // Within a transaction the server would go on showing what it showed first.
                try sql.execute("select pg_stat_clear_snapshot()")
                let enough = try sql.query(waiting).first.map { try $0.decode(Int.self) >= number } ?? false
                let holds = try sql.query(condition).first?.decode(Bool.self) ?? false
                if enough && holds { return }
                try sql.execute("select pg_sleep(0.01)")
            }
            throw NeverHappened(what: "\(number) transactions to wait for jobset \(id)")
        }
    }
}
