// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Turns in a lab", .timeLimit(.minutes(10)))
struct TurnTests {
    private static func terms(_ places: Int, queue: Int = 1000) -> QueueTerms {
        QueueTerms(maximumInFlight: places, queueLength: queue)
    }

    /// How many jobs of each jobset are taken by one look.
    private static func take(_ terms: QueueTerms, limit: Int = 1000, in test: TestStore) async throws -> [UUID: Int] {
        let taken = try await test.store.takeDueJobs(backend: "lab-a", terms: terms, limit: limit).map(\.id)
        let rows = try await test.client.query("select jobset_id from job where id = any(\(taken))")
        return try rows.reduce(into: [:]) { $0[try $1.decode(UUID.self), default: 0] += 1 }
    }

    private static func accept(_ jobs: Int, priority: Int = 50, in test: TestStore) async throws -> UUID {
        let id = UUID()
        let plain = try TestStore.document(jobs: jobs)
        let document = JobsetDocument(build: plain.build, jobs: plain.jobs, priority: priority)
        _ = try await test.store.acceptJobset(id: id, document: document)
        return id
    }

    @Test("A jobset of five does not wait behind one of thousands")
    func small() async throws {
        try await TestStore.with { test in
            let large = try await Self.accept(5_000, in: test)
            #expect(try await Self.take(Self.terms(100), in: test) == [large: 100])
            let small = try await Self.accept(5, in: test)
            // Eight places more are the small one's, until it has as many out as the large one or none left.
            #expect(try await Self.take(Self.terms(108), in: test) == [small: 5, large: 3])
        }
    }

    @Test("Jobsets share a lab in equal parts, whatever their sizes and whoever came first")
    func shares() async throws {
        try await TestStore.with { test in
            let first = try await Self.accept(1_000, in: test)
            let second = try await Self.accept(300, in: test)
            let third = try await Self.accept(20, in: test)
            #expect(try await Self.take(Self.terms(90), in: test) == [first: 35, second: 35, third: 20])
            #expect(try await Self.take(Self.terms(110), in: test) == [first: 10, second: 10])
        }
    }

    @Test("A higher priority goes first, and shares with its equals")
    func priority() async throws {
        try await TestStore.with { test in
            let low = try await Self.accept(50, priority: 10, in: test)
            let one = try await Self.accept(10, priority: 80, in: test)
            let other = try await Self.accept(10, priority: 80, in: test)
            #expect(try await Self.take(Self.terms(12), in: test) == [one: 6, other: 6])
            _ = try await test.store.changeJobset(id: low, JobsetChange(priority: 90))
            #expect(try await Self.take(Self.terms(22), in: test) == [low: 10])
        }
    }

    @Test("No more messages are out than the queue may hold, and more as they are taken up")
    func queueLength() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(50, in: test)
            let terms = Self.terms(1000, queue: 10)
            #expect(try await Self.take(terms, in: test) == [id: 10])
            #expect(try await Self.take(terms, in: test).isEmpty)
            let out = try await test.integers("select id from job where resume_at is null order by id")
            try await test.submit(out[0], as: [1])
            _ = try await test.claim(out[1])
            #expect(try await Self.take(terms, in: test) == [id: 2])
        }
    }

    @Test("Two that look at once take no job twice")
    func together() async throws {
        try await TestStore.with(connections: 8) { test in
            let ids = [try await Self.accept(400, in: test), try await Self.accept(400, in: test)]
            let store = test.store
            let taken = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var all: [Int] = []
                        for _ in 0..<20 {
                            all += try await store.takeDueJobs(
                                backend: "lab-a",
                                terms: Self.terms(5000, queue: 5000),
                                limit: 10
                            )
                            .map(\.id)
                        }
                        return all
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(taken).count == taken.count)
            #expect(taken.count <= 800)
            let rest = try await Self.take(Self.terms(5000, queue: 5000), in: test).values.reduce(0, +)
            #expect(taken.count + rest == 800)
            #expect(ids.count == 2)
        }
    }
}
