// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("A lab's lease", .timeLimit(.minutes(10)))
struct WatchLeaseTests {
    private static let lease = Duration.seconds(600)

    @Test("One watcher holds a lab until it gives it back or its lease ends")
    func held() async throws {
        try await TestStore.with { test in
            let (first, second) = (UUID(), UUID())
            func holds(_ holder: UUID, _ backend: String = "lab-a") async throws -> Bool {
                try await test.store.holdLease(on: backend, holder: holder, lease: Self.lease) != .refused
            }
            #expect(try await holds(first))
            #expect(try await holds(first))
            #expect(try await !holds(second))
            #expect(try await holds(second, "lab-b"))
            try await test.store.releaseLease(on: "lab-a", holder: second)
            #expect(try await !holds(second))
            try await test.store.releaseLease(on: "lab-a", holder: first)
            #expect(try await holds(second))
            try await test.client.execute("update backend set lease_expires_at = now() - interval '1 s'")
            #expect(try await holds(first))
            #expect(try await !holds(second))
            #expect(try await !holds(first, "lab-z"))
        }
    }

    @Test("Who takes a lab over is told so, and who merely keeps it is not")
    func takenOver() async throws {
        try await TestStore.with { test in
            let (first, second) = (UUID(), UUID())
            func hold(_ holder: UUID) async throws -> LeaseAnswer {
                try await test.store.holdLease(on: "lab-a", holder: holder, lease: Self.lease)
            }
            #expect(try await hold(first) == .taken)
            #expect(try await hold(first) == .kept)
            #expect(try await hold(second) == .refused)
            try await test.client.execute("update backend set lease_expires_at = now() - interval '1 s'")
            #expect(try await hold(second) == .taken)
            #expect(try await hold(first) == .refused)
        }
    }

    @Test("The cursor never goes back, and the oldest attempt in the lab bounds it")
    func cursor() async throws {
        try await TestStore.with { test in
            let empty = try await test.store.pollStart(of: "lab-a")
            #expect(empty.seenUntil == nil)
            #expect(empty.oldestAttempt == nil)
            let (_, jobs) = try await test.accept(jobs: 2)
            let oldest = try await test.submit(jobs[0], as: [1])
            try await test.submit(jobs[1], as: [2])
            let later = Date(timeIntervalSince1970: 1_700_000_500)
            try await test.store.advance(backend: "lab-a", seenUntil: later)
            try await test.store.advance(backend: "lab-a", seenUntil: Date(timeIntervalSince1970: 1_700_000_000))
            let now = try await test.store.pollStart(of: "lab-a")
            #expect(now.seenUntil == later)
            #expect(now.oldestAttempt == oldest.createdAt)
        }
    }

    @Test("A lab's contact and failure are kept side by side")
    func contact() async throws {
        try await TestStore.with { test in
            try await test.store.recordContact(backend: "lab-a", error: "connection refused")
            func status() async throws -> BackendStatus {
                try #require(try await test.store.backendStatuses().first { $0.name == "lab-a" })
            }
            let failed = try await status()
            #expect(failed.lastError == "connection refused")
            #expect(failed.lastErrorAt != nil)
            #expect(failed.lastContactAt == nil)
            try await test.store.recordContact(backend: "lab-a", error: nil)
            let answered = try await status()
            #expect(answered.lastContactAt != nil)
            #expect(answered.lastError == "connection refused")
            #expect(answered.lastErrorAt == failed.lastErrorAt)
            #expect(answered.stoppedReason == nil)
        }
    }
}
