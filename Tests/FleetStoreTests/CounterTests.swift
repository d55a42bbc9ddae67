// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Counter", .timeLimit(.minutes(10)))
struct CounterTests {
    @Test("Finishing the same jobs again changes nothing and returns nothing")
    func again() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 3)
            #expect(try await test.store.finishJobs(TestStore.complete([jobs[0]])).isEmpty)
            let last = TestStore.complete(Array(jobs.dropFirst()))
            #expect(try await test.store.finishJobs(last) == [FinishedJobset(id: id, generation: 1)])
            let before = try await test.store.jobset(id: id)
            let deliveries = try await test.store.deliveries(of: id)

            #expect(try await test.store.finishJobs(TestStore.complete(jobs)).isEmpty)
            let otherwise = jobs.map { JobEnd(jobID: $0, outcome: .lost, reason: "gone") }
            #expect(try await test.store.finishJobs(otherwise).isEmpty)
            #expect(try await test.store.jobset(id: id) == before)
            #expect(try await test.store.deliveries(of: id) == deliveries)
            #expect(deliveries.map(\.kind) == ["report", "callback"])
        }
    }

    @Test("The same job twice in one call counts once, and as it was given first")
    func twiceInOne() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            let ends =
                TestStore.complete([jobs[0], jobs[0]])
                + [JobEnd(jobID: jobs[0], outcome: .lost, reason: "gone")]
            #expect(try await test.store.finishJobs(ends).isEmpty)
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.pending == 1)
            #expect(status.outcomes == ["complete": 1])
        }
    }

    @Test("Nothing to finish, and a job that never was, finish nothing")
    func nothing() async throws {
        try await TestStore.with { test in
            let (id, _) = try await test.accept(jobs: 1)
            #expect(try await test.store.finishJobs([]).isEmpty)
            #expect(try await test.store.finishJobs(TestStore.complete([999_999])).isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
        }
    }

    @Test("Finishing a job closes its attempt and takes its due time away")
    func closes() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let claimant = UUID()
            let attempt = try await test.claim(jobs[0], TestStore.terms(claimant))
            try await test.store.releaseAttempt(
                attempt,
                claimant: claimant,
                error: "refused",
                isDoubtful: false,
                resumeAfter: .seconds(60)
            )
            let end = JobEnd(jobID: jobs[0], outcome: .rejected, reason: "LAVA: no such device type")
            #expect(try await test.store.finishJobs([end]).count == 1)
            #expect(try await test.isTrue("select bool_and(state = 'ended' and ended_at is not null) from attempt"))
            #expect(try await test.isTrue("select bool_and(resume_at is null) from job"))
        }
    }

    @Test("A counter that was made too low fails the transaction loudly, is reported, and is not mended")
    func tooLow() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 3)
            try await test.client.execute("update jobset set pending = 1 where id = \(id)")
            let wrong = CounterMismatch.of(id, pending: 1, unfinished: 3)
            #expect(try await test.store.counterMismatches(limit: 10).map(\.described) == [wrong])

            let error = try await #require(throws: PostgresError.self) {
                _ = try await test.store.finishJobs(TestStore.complete(jobs))
            }
            #expect(error.sqlState == .checkViolation)
            #expect(try await test.store.counterMismatches(limit: 10).map(\.described) == [wrong])
            #expect(try await test.count("select count(*) from job where state = 'finished'") == 0)
            #expect(try await test.store.deliveries(of: id).isEmpty)
        }
    }

    @Test("A counter that was made too high keeps its jobset running, and is reported and not mended")
    func tooHigh() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            try await test.client.execute("update jobset set total = 3, pending = 3 where id = \(id)")
            #expect(try await test.store.finishJobs(TestStore.complete(jobs)).isEmpty)
            let wrong = CounterMismatch.of(id, pending: 1, unfinished: 0)
            #expect(try await test.store.counterMismatches(limit: 10).map(\.described) == [wrong])
            #expect(try await test.store.finishMissed().finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
        }
    }

    @Test("A jobset that is not sealed stays at zero, and the sweep finishes it once it is")
    func unsealed() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            try await test.client.execute("update jobset set sealed = false where id = \(id)")
            #expect(try await test.store.finishJobs(TestStore.complete(jobs)).isEmpty)
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.state == .running)
            #expect(status.pending == 0)
            #expect(try await test.store.finishMissed().finished.isEmpty)
            #expect(try await test.store.deliveries(of: id).isEmpty)

            try await test.client.execute("update jobset set sealed = true where id = \(id)")
            #expect(try await test.store.finishMissed().finished == [FinishedJobset(id: id, generation: 1)])
            #expect(try await test.store.finishMissed().finished.isEmpty)
            #expect(try await test.store.deliveries(of: id).count == 2)
        }
    }
}

extension CounterMismatch {
    fileprivate var described: String { Self.of(jobsetID, pending: pending, unfinished: unfinished) }

    fileprivate static func of(_ id: UUID, pending: Int, unfinished: Int) -> String {
        "\(id) says \(pending), has \(unfinished)"
    }
}
