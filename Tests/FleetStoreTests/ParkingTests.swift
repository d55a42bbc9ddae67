// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Parked jobs", .timeLimit(.minutes(10)))
struct ParkingTests {
    private static func park(_ jobs: [Int], in test: TestStore, due: Bool = true) async throws {
        let seconds = due ? -1.0 : 3600.0
        try await test.client.execute(
            "update job set resume_at = now() + make_interval(secs => \(seconds)) where id = any(\(jobs))"
        )
    }

    private static func take(_ maximum: Int, limit: Int = 100, in test: TestStore) async throws -> [Int] {
        try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: maximum, limit: limit).map(\.id).sorted()
    }

    @Test("Due jobs are taken up to the room the lab has, and again as places come free")
    func room() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 10)
            try await Self.park(jobs, in: test)
            #expect(try await Self.take(3, in: test) == Array(jobs[0..<3]))
            // Their messages are out: the places count as taken, attempt or not.
            #expect(try await Self.take(3, in: test).isEmpty)
            _ = try await test.claim(jobs[0], TestStore.terms(maximumInFlight: 3))
            #expect(try await Self.take(3, in: test).isEmpty)
            try await test.submit(jobs[1], as: [1])
            #expect(try await Self.take(3, in: test).isEmpty)
            _ = try await test.store.finishJobs(TestStore.complete([jobs[1]]))
            #expect(try await Self.take(3, in: test) == [jobs[3]])
        }
    }

    @Test("A full lab parks as due, and its places come back one by one")
    func saturation() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 3)
            let one = TestStore.terms(maximumInFlight: 1)
            _ = try await test.claim(jobs[0], one)
            for job in jobs.dropFirst() {
                #expect(try await test.store.claimJob(id: job, terms: one) == .parked(.saturated))
            }
            #expect(try await Self.take(1, in: test).isEmpty)
            _ = try await test.store.finishJobs(TestStore.complete([jobs[0]]))
            #expect(try await Self.take(1, in: test) == [jobs[1]])
            #expect(try await Self.take(1, in: test).isEmpty)
        }
    }

    @Test("Jobs that have been begun come first and need no room")
    func begunFirst() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 6)
            for job in jobs[4...] {
                let claimant = UUID()
                let attempt = try await test.claim(job, TestStore.terms(claimant))
                try await test.store.postponeAttempt(attempt, claimant: claimant, resumeAfter: .zero)
            }
            try await Self.park(jobs, in: test)
            #expect(try await Self.take(2, in: test) == Array(jobs[4...]))
            #expect(try await Self.take(2, in: test).isEmpty)
            #expect(try await Self.take(3, in: test) == [jobs[0]])
        }
    }

    @Test("What is not due, not of this lab, or beyond the limit stays")
    func stays() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 6)
            let other = try await test.accept(jobs: 1, backend: "lab-b")
            try await Self.park(Array(jobs[..<4]) + other.jobs, in: test)
            try await Self.park(Array(jobs[4...]), in: test, due: false)
            #expect(try await Self.take(100, limit: 3, in: test) == Array(jobs[..<3]))
            #expect(try await Self.take(100, limit: 3, in: test) == [jobs[3]])
            #expect(try await Self.take(100, in: test).isEmpty)
        }
    }

    @Test("Two that take at once share the jobs")
    func shared() async throws {
        try await TestStore.with(attempts: 1) { test in
            let (_, jobs) = try await test.accept(jobs: 200)
            try await Self.park(jobs, in: test)
            async let first = Self.take(1000, limit: 120, in: test)
            async let second = Self.take(1000, limit: 120, in: test)
            let taken = try await first + second + Self.take(1000, limit: 200, in: test)
            #expect(taken.sorted() == jobs)
        }
    }

    @Test("Jobs whose message could not be sent are due again, but not those that have gone on")
    func putBack() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            try await Self.park(jobs, in: test)
            let taken = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 10, limit: 10)
            try await test.submit(jobs[0], as: [1])
            try await test.store.putBack(taken)
            #expect(try await Self.take(10, in: test) == [jobs[1]])
        }
    }

    @Test("A job whose message was lost is made due, but not one that a submitter is at work on")
    func unannounced() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 4)
            _ = try await test.claim(jobs[0])
            try await test.submit(jobs[1], as: [1])
            try await test.client.execute("update job set announced_at = now() - interval '1 h' where id <> \(jobs[2])")
            let age = Duration.seconds(60)
            #expect(try await test.store.resumeUnannounced(backend: "lab-b", age: age, limit: 10) == 0)
            #expect(try await test.store.resumeUnannounced(backend: "lab-a", age: age, limit: 10) == 1)
            #expect(try await test.store.resumeUnannounced(backend: "lab-a", age: age, limit: 10) == 0)
            #expect(try await Self.take(10, in: test) == [jobs[3]])

            try await test.client.execute("update attempt set claimed_until = now() - interval '1 s'")
            #expect(try await test.store.resumeUnannounced(backend: "lab-a", age: age, limit: 10) == 1)
            #expect(try await Self.take(10, in: test) == [jobs[0]])
        }
    }
}
