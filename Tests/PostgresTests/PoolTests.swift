// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServiceLifecycle
import Testing

@testable import Postgres

@Suite("The pool", .timeLimit(.minutes(10)))
struct PoolTests {
    @Test("waiters are served in the order they came, with connections and with slots")
    func order() throws {
        var pool = PoolState<Int>(maximumConnections: 1, maximumWaiters: 2)
        guard case .wait = pool.acquire(1) else { throw Unexpected() }
        let begun = pool.start()
        #expect(begun.map(\.waiter) == [1])
        guard case .wait = pool.acquire(2), case .wait = pool.acquire(3) else { throw Unexpected() }
        guard case .refused(let error) = pool.acquire(4) else { throw Unexpected() }
        #expect(error.code == .poolExhausted)
        guard case .handOver(let handover) = pool.release(7, isWorn: false, now: .now) else { throw Unexpected() }
        #expect(handover.waiter == 2)
        guard case .close = pool.release(7, isWorn: true, now: .now) else { throw Unexpected() }
        let served = pool.freeSlot()
        #expect(served.map(\.waiter) == [3])
        #expect(pool.slots == 1 && pool.inUse == 1)
    }

    @Test("one who leaves is not served, and nobody is served after the end")
    func leaving() throws {
        var pool = PoolState<Int>(maximumConnections: 1, maximumWaiters: 9)
        _ = pool.start()
        guard case .granted(.open) = pool.acquire(1), case .wait = pool.acquire(2) else { throw Unexpected() }
        let departures = [pool.leave(2), pool.leave(2)]
        #expect(departures == [true, false])
        guard case .parked = pool.release(7, isWorn: false, now: .now) else { throw Unexpected() }
        #expect(pool.idle.count == 1)
        guard case .granted(.use) = pool.acquire(3) else { throw Unexpected() }
        let stopped = pool.stop()
        #expect(stopped.idle.isEmpty)
        guard case .close = pool.release(7, isWorn: false, now: .now) else { throw Unexpected() }
        guard case .refused = pool.acquire(5) else { throw Unexpected() }
        let unserved = pool.freeSlot()
        #expect(unserved.isEmpty && pool.slots == 0)
    }

    private struct Unexpected: Error {}

    @Test("more callers than connections are all served, with no more connections than allowed")
    func sharing() async throws {
        try await TestDatabase.withClient(maximumConnections: 3) { client in
            let pids = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<200 {
                    group.addTask { try await client.query("select pg_backend_pid()").one().decode(Int.self) }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(pids.count <= 3)
        }
    }

    @Test("who waits too long for a connection is told so, and the pool goes on")
    func timeout() async throws {
        try await TestDatabase.withClient(
            maximumConnections: 1,
            { $0.pool.acquireTimeout = .seconds(3) }
        ) { client in
            let release = Meeting(of: 2)
            let holding = Meeting(of: 2)
            let holder = Task {
                try await client.withTransaction { transaction in
                    _ = try transaction.query("select 1")
                    holding.arriveAndWait()
                    release.arriveAndWait()
                }
            }
            await holding.meet()
            let error = try await #require(throws: PostgresError.self) { try await client.query("select 1") }
            #expect(error.code == .poolTimeout)
            await release.meet()
            try await holder.value
            #expect(try await client.query("select 1").count == 1)
        }
    }

    @Test("a client that does not run serves nobody, and says why")
    func notRunning() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.pool.acquireTimeout = .milliseconds(50)
        let client = PostgresClient(configuration: configuration, logger: TestDatabase.logger)
        let error = try await #require(throws: PostgresError.self) { try await client.query("select 1") }
        #expect(error.code == .poolTimeout && error.message.contains("run()"))
    }

    @Test("a server that is not there is a connection error after the acquire timeout")
    func unreachable() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.port = 1
        configuration.pool.acquireTimeout = .seconds(3)
        try await PostgresClient.withClient(configuration: configuration, logger: TestDatabase.logger) { client in
            let error = try await #require(throws: PostgresError.self) { try await client.query("select 1") }
            #expect(error.code == .connection)
        }
    }

    @Test("graceful shutdown waits for a transaction that runs, then refuses")
    func shutdown() async throws {
        let client = PostgresClient(configuration: try TestDatabase.configuration(), logger: TestDatabase.logger)
        let group = ServiceGroup(services: [client], logger: TestDatabase.logger)
        let running = Task { try await group.run() }
        let inside = Meeting(of: 2)
        let transaction = Task {
            try await client.withTransaction { transaction in
                inside.arriveAndWait()
                return try transaction.query("select 1 from pg_sleep(0.3)").count
            }
        }
        await inside.meet()
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(try await transaction.value == 1)
        let error = try await #require(throws: PostgresError.self) { try await client.query("select 1") }
        #expect(error.code == .closed)
    }

    @Test("shutdown cancels what outlasts its limit")
    func impatientShutdown() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.pool.shutdownTimeout = .milliseconds(100)
        let outcome = try await PostgresClient.withClient(configuration: configuration, logger: TestDatabase.logger) {
            client in
            let begun = Meeting(of: 2)
            let endless = Task {
                try await client.withTransaction { transaction in
                    begun.arriveAndWait()
                    _ = try transaction.query("select 1 from pg_sleep(60)")
                }
            }
            await begun.meet()
            return endless
        }
        let error = try await #require(throws: PostgresError.self) { try await outcome.value }
        #expect(error.code == .canceled)
    }
}
