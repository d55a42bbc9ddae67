// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Postgres
import Testing

@testable import FleetStore

@Suite("Generations", .timeLimit(.minutes(10)))
struct GenerationTests {
    /// A jobset with one complete, one lost job and one with a failed test, whose report and callback are made.
    private static func finished(in test: TestStore, isMade: Bool = true) async throws -> (id: UUID, jobs: [Int]) {
        let (id, jobs) = try await test.accept(jobs: 3)
        let tests = TestCounts(pass: 1, fail: 2, skip: 0, unknown: 0)
        _ = try await test.store.finishJobs([
            JobEnd(jobID: jobs[0], outcome: .complete, reason: nil),
            JobEnd(jobID: jobs[1], outcome: .lost, reason: "gone"),
            JobEnd(jobID: jobs[2], outcome: .complete, reason: nil, tests: tests),
        ])
        if isMade { try await makeDeliveries(in: test) }
        return (id, jobs)
    }

    private static func makeDeliveries(in test: TestStore) async throws {
        for delivery in try await test.store.claimDeliveries(limit: 10, lease: .seconds(60)) {
            if delivery.kind == .callback { _ = try await test.store.keepBody("body", of: delivery.id) }
            let attempt = DeliveryTry(
                number: 1,
                startedAt: .now,
                duration: .zero,
                status: nil,
                error: nil,
                response: nil
            )
            let next: DeliveryNext = delivery.kind == .report ? .delivered : .retry(after: .seconds(3600))
            try await test.store.recordTry(attempt, of: delivery, next: next)
        }
    }

    @Test(
        "What could not be made, or is not made for long, keeps nobody from sending the jobset out again",
        arguments: [
            ("body = 'made' where kind = 'callback'", "tries = 3 where kind = 'report'"),
            ("due_at = due_at", "created_at = now() - interval '31 minutes'"),
        ]
    )
    func reportThatIsNotMade(_ before: String, _ change: String) async throws {
        try await TestStore.with { test in
            let (id, _) = try await Self.finished(in: test, isMade: false)
            try await test.client.execute("update delivery set \(unsafeSQL: before)")
            await #expect(throws: FleetRefusal.reportPending(jobset: id.text)) {
                _ = try await test.store.retryJobs(of: id, .all)
            }
            try await test.client.execute("update delivery set \(unsafeSQL: change)")
            #expect(try await test.store.retryJobs(of: id, .all).generation == 2)
        }
    }

    @Test(
        "Nor does a callback that has no body to be made",
        arguments: ["{\"method\": \"GET\"}", "{\"payload\": \"x\"}"]
    )
    func callbackWithoutBody(_ change: String) async throws {
        try await TestStore.with { test in
            let (id, _) = try await Self.finished(in: test, isMade: false)
            try await test.client.execute(
                "update delivery set state = 'delivered', ended_at = now() where kind = 'report'"
            )
            await #expect(throws: FleetRefusal.reportPending(jobset: id.text)) {
                _ = try await test.store.retryJobs(of: id, .all)
            }
            try await test.client.execute("update jobset set callback = callback || \(change)::text::jsonb")
            #expect(try await test.store.retryJobs(of: id, .all).generation == 2)
        }
    }

    @Test("A report made of rows that belong to a later generation is not kept")
    func outdatedReport() async throws {
        try await TestStore.with { test in
            let (id, _) = try await Self.finished(in: test)
            let report = ArchivedReport([.json: "{}"])
            try await test.store.storeReport(report, of: id, generation: 1)
            _ = try await test.store.retryJobs(of: id, .all)
            // The first stays, and storing it again is no error.
            try await test.store.storeReport(report, of: id, generation: 1)
            await #expect(throws: ReportOutdated.self) {
                try await test.store.storeReport(report, of: id, generation: 2)
            }
            #expect(try await !test.store.hasReport(of: id, generation: 2))
        }
    }

    @Test("What failed is sent out again, the rest stays, and the new end is another event")
    func failed() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.finished(in: test)
            #expect(try await test.store.jobset(id: id)?.failures == 2)
            let retrial = try await test.store.retryJobs(of: id, .failed)
            #expect(retrial == Retrial(generation: 2, jobs: 2))
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.state == .running)
            #expect(status.verdict == nil)
            #expect(status.pending == 2)
            #expect(status.total == 3)
            #expect(status.failures == 0)
            #expect(try await test.store.counterMismatches(limit: 1).isEmpty)
            let due = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 9, limit: 9).map(\.id)
            #expect(Set(due) == Set(jobs[1...]))
            #expect(
                try await test.store.finishJobs(TestStore.complete(jobs)) == [FinishedJobset(id: id, generation: 2)]
            )
            #expect(try await test.store.jobset(id: id)?.verdict == .passed)
            let kinds = try await test.store.deliveries(of: id).map(\.kind)
            #expect(kinds.count { $0 == "callback" } == 2)
            #expect(kinds.count { $0 == "report" } == 2)
            #expect(try await test.store.earlierGeneration(of: id, than: 2)?.verdict == .failed)
            #expect(try await test.store.earlierGeneration(of: id, than: 2)?.retriedAt != nil)
            let changes = try await test.store.changes(of: id, in: 2, limit: 10)
            #expect(changes.map(\.position) == [1, 2])
            #expect(changes.map(\.before.outcome) == [.lost, .complete])
            #expect(changes.map(\.before.tests.fail) == [0, 2])
            #expect(changes.map(\.after.outcome) == [.complete, .complete])
        }
    }

    @Test("The first callback says the same on every try, though the jobset goes on")
    func firstCallback() async throws {
        try await TestStore.with { test in
            let (id, _) = try await Self.finished(in: test)
            _ = try await test.store.retryJobs(of: id, .all)
            try await test.client.execute("update delivery set due_at = now() where state = 'due'")
            let due = try await test.store.claimDeliveries(limit: 10, lease: .seconds(60))
            #expect(due.map(\.body) == ["body"])
            #expect(due.map(\.generation) == [1])
            #expect(try await test.store.keepBody("another", of: due[0].id) == "body")
        }
    }

    @Test("Single jobs are sent out again, also complete ones; in each generation again")
    func single() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await Self.finished(in: test)
            #expect(try await test.store.retryJobs(of: id, .jobs([0])) == Retrial(generation: 2, jobs: 1))
            #expect(try await test.store.jobset(id: id)?.failures == 2)
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .lost, reason: "gone, too")])
            #expect(try await test.store.jobset(id: id)?.outcomes == ["lost": 2, "complete": 1])
            try await Self.makeDeliveries(in: test)
            #expect(try await test.store.retryJobs(of: id, .failed) == Retrial(generation: 3, jobs: 3))
            #expect(try await test.store.finishJobs(TestStore.complete(jobs)).map(\.generation) == [3])
            #expect(
                try await test.store.changes(of: id, in: 3, limit: 9).map(\.before.reason) == [
                    "gone, too", "gone", nil,
                ]
            )
        }
    }

    @Test("What can't be sent out again is refused, and nothing changes")
    func refused() async throws {
        try await TestStore.with { test in
            let (running, _) = try await test.accept(jobs: 2)
            await #expect(throws: FleetRefusal.stillRunning(jobset: running.text, pending: 2)) {
                try await test.store.retryJobs(of: running, .failed)
            }
            let absent = UUID()
            await #expect(throws: FleetRefusal.noSuchJobset(id: absent.text)) {
                try await test.store.retryJobs(of: absent, .failed)
            }
            let (id, _) = try await Self.finished(in: test, isMade: false)
            await #expect(throws: FleetRefusal.reportPending(jobset: id.text)) {
                try await test.store.retryJobs(of: id, .failed)
            }
            try await Self.makeDeliveries(in: test)
            await #expect(throws: FleetRefusal.noSuchJob(jobset: id.text, position: 7, total: 3)) {
                try await test.store.retryJobs(of: id, .jobs([1, 7]))
            }
            #expect(try await test.store.jobset(id: id)?.generation == 1)
            #expect(try await test.count("select count(*) from job_end") == 0)
            let (passed, jobs) = try await test.accept(jobs: 1)
            _ = try await test.store.finishJobs(TestStore.complete(jobs))
            try await Self.makeDeliveries(in: test)
            await #expect(throws: FleetRefusal.nothingFailed) { try await test.store.retryJobs(of: passed, .failed) }
        }
    }

    @Test("Of eight that retry at once one opens the generation")
    func together() async throws {
        try await TestStore.with(connections: 8) { test in
            let (id, _) = try await Self.finished(in: test)
            let store = test.store
            let generations = await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<8 { group.addTask { try? await store.retryJobs(of: id, .failed).generation } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(generations.compactMap(\.self) == [2])
            #expect(try await store.jobset(id: id)?.pending == 2)
        }
    }

    @Test("A canceled jobset is sent out again as if it had not been, with a deadline of its own")
    func canceled() async throws {
        try await TestStore.with { test in
            let id = try await LifeTests.accept(2, timeout: .seconds(60), in: test)
            _ = try await test.store.cancelJobset(id: id, reason: "stop")
            try await Self.makeDeliveries(in: test)
            try await test.client.execute("update jobset set created_at = now() - interval '1 h'")
            _ = try await test.store.retryJobs(of: id, .failed)
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.canceledAt == nil)
            #expect(try await test.isTrue("select deadline > now() + interval '30 s' from jobset"))
            let jobs = try await test.rows(of: id)
            #expect(try await test.store.finishJobs(TestStore.complete(jobs)).map(\.generation) == [2])
            #expect(try await test.store.jobset(id: id)?.verdict == .passed)
        }
    }

    @Test("Infrastructure retries are counted in each generation anew")
    func retries() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.client.execute("update jobset set retries = 1")
            for generation in 1...2 {
                for number in 1...2 {
                    try await test.client.execute("update job set resume_at = null where state = 'waiting'")
                    let rows = try await test.endInLab(jobs[0], [generation * 10 + number: "Incomplete"])
                    let finished = try await test.store.finishLabJobs([
                        FetchedLabJob(
                            id: rows[0],
                            errorType: "Infrastructure",
                            errorMessage: "no",
                            isInfrastructure: true
                        )
                    ]).finished
                    #expect(finished.map(\.generation) == (number == 2 ? [generation] : []))
                }
                try await Self.makeDeliveries(in: test)
                if generation == 1 { _ = try await test.store.retryJobs(of: id, .failed) }
            }
            #expect(try await test.count("select count(*) from attempt") == 4)
        }
    }
}
