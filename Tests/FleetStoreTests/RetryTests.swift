// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Retries of what a lab failed", .timeLimit(.minutes(10)))
struct RetryTests {
    private static func accept(_ test: TestStore, jobs: Int, retries: Int) async throws -> (id: UUID, jobs: [Int]) {
        let accepted = try await test.accept(jobs: jobs)
        try await test.client.execute("update jobset set retries = \(retries) where id = \(accepted.id)")
        return accepted
    }

    private static func failed(_ rows: [Int], results: [ResultRow] = []) -> [FetchedLabJob] {
        rows.map {
            FetchedLabJob(
                id: $0,
                errorType: "Infrastructure",
                errorMessage: "no image",
                isInfrastructure: true,
                results: results
            )
        }
    }

    @Test("The document's retries are kept")
    func document() async throws {
        try await TestStore.with { test in
            let plain = try TestStore.document(jobs: 1)
            let document = JobsetDocument(build: plain.build, jobs: plain.jobs, retries: 2)
            _ = try await test.store.acceptJobset(id: UUID(), document: document)
            #expect(try await test.count("select retries::bigint from jobset") == 2)
        }
    }

    @Test("A job that its lab failed waits for another attempt, the counter with it, and the last attempt counts")
    func again() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.accept(test, jobs: 1, retries: 1)
            let first = try await test.endInLab(jobs[0], [7: "Incomplete"])
            let results = [TestStore.result("a", .fail), TestStore.result("b", .pass)]
            #expect(try await test.store.finishLabJobs(Self.failed(first, results: results)).finished.isEmpty)
            var status = try #require(try await test.store.jobset(id: id))
            #expect(status.pending == 1 && status.waiting == 1 && status.tests == TestCounts())

            let due = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 10, limit: 10)
            #expect(due.map(\.id) == jobs)
            let second = try await test.endInLab(jobs[0], [8: "Complete"])
            let fetched = FetchedLabJob(id: second[0], results: [TestStore.result("a", .pass)])
            #expect(try await test.store.finishLabJobs([fetched]).finished.map(\.id) == [id])
            status = try #require(try await test.store.jobset(id: id))
            #expect(status.verdict == .passed)
            #expect(status.tests == TestCounts(pass: 1, fail: 0, skip: 0, unknown: 0))
            let counted = try await test.store.results(of: id, ResultFilter()).map(\.name)
            #expect(counted == ["a"])

            let kept = try await test.client.query(
                "select number::bigint, outcome, reason from attempt order by number"
            )
            .map { try $0.decode(Int.self, String?.self, String?.self) }
            #expect(kept.map(\.0) == [1, 2])
            #expect(kept.map(\.1) == ["incomplete", "complete"])
            #expect(kept[0].2 == "Infrastructure: no image")
        }
    }

    @Test("When the retries are used up the job ends as its last attempt did")
    func usedUp() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.accept(test, jobs: 1, retries: 1)
            let first = try await test.endInLab(jobs[0], [7: "Incomplete"])
            #expect(try await test.store.finishLabJobs(Self.failed(first)).finished.isEmpty)
            let second = try await test.endInLab(jobs[0], [8: "Incomplete"])
            #expect(try await test.store.finishLabJobs(Self.failed(second)).finished.map(\.id) == [id])
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.outcome == .incomplete)
            #expect(job.reason == "Infrastructure: no image")
        }
    }

    @Test("The same end told twice, or by two at once, makes one further attempt")
    func once() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.accept(test, jobs: 1, retries: 5)
            let rows = try await test.endInLab(jobs[0], [7: "Incomplete"])
            let store = test.store
            async let first = store.finishLabJobs(Self.failed(rows)).finished
            async let second = store.finishLabJobs(Self.failed(rows)).finished
            #expect(try await (first + second).isEmpty)
            let attempt = try await test.claim(jobs[0])
            // A third time, when the next attempt is under way.
            #expect(try await store.finishLabJobs(Self.failed(rows)).finished.isEmpty)
            #expect(try await test.count("select count(*) from attempt") == 2)
            try await store.recordSubmission(attempt: attempt.id, labJobs: [SubmittedLabJob(number: 8)])
            #expect(try await store.jobset(id: id)?.inLab == 1)
        }
    }

    @Test("What is not the lab's fault, what was canceled, and what did complete is not tried again")
    func notRetried() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await Self.accept(test, jobs: 3, retries: 3)
            let own = try await test.endInLab(jobs[0], [1: "Incomplete"])
            _ = try await test.store.finishLabJobs(
                own.map { FetchedLabJob(id: $0, errorType: "Test", errorMessage: "panic") }
            )
            let canceled = try await test.endInLab(jobs[1], [2: "Canceled"])
            _ = try await test.store.finishLabJobs(Self.failed(canceled))
            let complete = try await test.endInLab(jobs[2], [3: "Complete"])
            _ = try await test.store.finishLabJobs(Self.failed(complete))
            #expect(try await test.count("select count(*) from job where state = 'finished'") == 3)
        }
    }

    @Test("A canceled jobset is not retried")
    func canceledJobset() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.accept(test, jobs: 1, retries: 3)
            let rows = try await test.endInLab(jobs[0], [1: "Incomplete"])
            _ = try await test.store.cancelJobset(id: id, reason: nil)
            #expect(try await test.store.finishLabJobs(Self.failed(rows)).finished.map(\.id) == [id])
        }
    }

    @Test("A multinode group is tried again as a whole, when all its members are in")
    func group() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await Self.accept(test, jobs: 1, retries: 1)
            let rows = try await test.endInLab(jobs[0], [5: "Complete", 6: "Incomplete"])
            _ = try await test.store.finishLabJobs(Self.failed([rows[1]]))
            #expect(try await test.count("select count(*) from job where state = 'waiting'") == 0)
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: rows[0])])
            #expect(try await test.count("select count(*) from job where state = 'waiting'") == 1)
        }
    }

    @Test("A job tried again has its whole time to get into a lab")
    func waitsAnew() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.accept(test, jobs: 1, retries: 1)
            let rows = try await test.endInLab(jobs[0], [7: "Incomplete"])
            try await test.client.execute("update job set created_at = now() - interval '9 d'")
            _ = try await test.store.finishLabJobs(Self.failed(rows))
            #expect(try await test.store.endUndeliverable(after: .seconds(3600), batch: 10).finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
        }
    }
}
