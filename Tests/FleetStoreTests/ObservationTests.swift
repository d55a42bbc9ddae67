// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Observed lab jobs", .timeLimit(.minutes(10)))
struct ObservationTests {
    @Test("A finished lab job is taken once, with what the lab says of it")
    func once() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.submit(jobs[0], as: [7])
            let seen = TestStore.seen(7, tag: attempt.id, health: "Incomplete")
            let rows = try await test.store.observeFinished([seen, seen], backend: "lab-a").map(\.id)
            #expect(rows.count == 1)
            #expect(try await test.store.observeFinished([seen], backend: "lab-a").isEmpty)
            let labJob = try #require(try await test.store.jobs(of: id).first?.labJobs.first)
            #expect(labJob.health == "Incomplete")
            #expect(labJob.device == "board-1")
            #expect(labJob.submitTime == seen.submitTime)
            #expect(labJob.startTime == seen.startTime)
            #expect(labJob.endTime == seen.endTime)
            let fetch = try #require(try await test.store.labJobToFetch(id: rows[0]))
            #expect(fetch.number == 7)
            #expect(fetch.backend == "lab-a")
            #expect(!fetch.isFetched)
        }
    }

    @Test("A lab job under our number that is not ours is let be")
    func strangers() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.submit(jobs[0], as: [7])
            let strangers = [TestStore.seen(7, tag: UUID()), TestStore.seen(7, tag: nil)]
            for seen in strangers {
                #expect(try await test.store.observeFinished([seen], backend: "lab-a").isEmpty)
            }
            let ours = TestStore.seen(7, tag: attempt.id)
            #expect(try await test.store.observeFinished([ours], backend: "lab-b").isEmpty)
            #expect(try await test.store.observeFinished([], backend: "lab-a").isEmpty)
            #expect(try await test.store.observeFinished([ours], backend: "lab-a").count == 1)
        }
    }

    @Test("A member of a group is taken without a tag, and not with a stranger's")
    func memberWithoutTag() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [39, 40])
            let seen = [TestStore.seen(39, tag: nil), TestStore.seen(40, tag: UUID())]
            let rows = try await test.store.observeFinished(seen, backend: "lab-a").map(\.id)
            #expect(try await test.integers("select number from lab_job where id = any(\(rows))") == [39])
        }
    }

    @Test("Lab jobs not looked at for long are taken once, oldest first, and again when given back")
    func outstanding() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 4)
            for (index, job) in jobs.enumerated() { try await test.submit(job, as: [index + 1]) }
            _ = try await test.store.finishJobs(TestStore.complete([jobs[3]]))
            try await test.client.execute(
                "update lab_job set checked_at = now() - make_interval(mins => 20 - number::int) where number <> 3"
            )
            let age = Duration.seconds(300)
            #expect(try await test.store.takeOutstanding(backend: "lab-b", age: age, limit: 10).isEmpty)
            let first = try await test.store.takeOutstanding(backend: "lab-a", age: age, limit: 1)
            #expect(first.map(\.number) == [1])
            let second = try await test.store.takeOutstanding(backend: "lab-a", age: age, limit: 10)
            #expect(second.map(\.number) == [2])
            #expect(try await test.store.takeOutstanding(backend: "lab-a", age: age, limit: 10).isEmpty)
            try await test.store.returnOutstanding(first)
            #expect(try await test.store.takeOutstanding(backend: "lab-a", age: age, limit: 10) == first)
        }
    }

    @Test("A lab job is lost only when two looks, apart, did not find it")
    func lost() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            let row = try await test.count("select id from lab_job")
            let grace = Duration.seconds(600)
            for _ in 0..<2 {
                #expect(try await test.store.recordMissing([row], present: [], grace: grace).finished.isEmpty)
            }
            #expect(try await test.store.jobset(id: id)?.pending == 1)
            try await Self.missedLongAgo(test)
            // Found meanwhile: the count of looks begins anew.
            #expect(try await test.store.recordMissing([], present: [row], grace: grace).finished.isEmpty)
            #expect(try await test.store.recordMissing([row], present: [], grace: grace).finished.isEmpty)
            try await Self.missedLongAgo(test)
            let finished = try await test.store.recordMissing([row], present: [], grace: grace).finished
            #expect(finished == [FinishedJobset(id: id, generation: 1)])
            #expect(try await test.store.recordMissing([row], present: [], grace: grace).finished.isEmpty)
            #expect(try await test.store.recordMissing([], present: [], grace: grace).finished.isEmpty)
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.outcome == .lost)
            #expect(job.reason == "the lab no longer knows its job 7")
        }
    }

    private static func missedLongAgo(_ test: TestStore) async throws {
        try await test.client.execute(
            "update lab_job set missing_since = now() - interval '1 h' where missing_since is not null"
        )
    }

    @Test("A lab job that has ended is not lost, however long it was missing")
    func endedIsNotLost() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            try await test.client.execute("update lab_job set missing_since = now() - interval '1 h'")
            #expect(try await test.store.recordMissing([row], present: [], grace: .seconds(60)).finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
        }
    }

    @Test("Of two looks at once that miss the same lab job, one ends its jobset")
    func lostOnce() async throws {
        try await TestStore.with(attempts: 1) { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            let row = try await test.count("select id from lab_job")
            #expect(try await test.store.recordMissing([row], present: [], grace: .seconds(60)).finished.isEmpty)
            try await Self.missedLongAgo(test)
            async let first = test.store.recordMissing([row], present: [], grace: .seconds(60)).finished
            async let second = test.store.recordMissing([row], present: [], grace: .seconds(60)).finished
            let finished = try await first + second
            #expect(finished.map(\.id) == [id])
        }
    }
}
