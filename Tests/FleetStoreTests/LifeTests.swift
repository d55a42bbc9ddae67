// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Deadline, limit of failures, and their events", .timeLimit(.minutes(10)))
struct LifeTests {
    /// A jobset that wants to be called for everything.
    static func accept(
        _ jobs: Int,
        timeout: Duration? = nil,
        maxFailures: FailureLimit? = nil,
        isOpen: Bool = false,
        events: [JobsetEvent] = JobsetEvent.allCases,
        in test: TestStore
    ) async throws -> UUID {
        let id = UUID()
        let plain = try TestStore.document(jobs: jobs)
        let document = JobsetDocument(
            build: plain.build,
            callback: CallbackRequest(url: "http://receiver.example/x", events: events),
            jobs: plain.jobs,
            isOpen: isOpen,
            timeout: timeout,
            maxFailures: maxFailures
        )
        _ = try await test.store.acceptJobset(id: id, document: document)
        return id
    }

    private static func pass(_ id: UUID, in test: TestStore) async throws {
        try await test.client.execute("update jobset set deadline = now() - interval '1 s' where id = \(id)")
    }

    private static func events(_ id: UUID, in test: TestStore) async throws -> [String] {
        try await test.client.query(
            "select event from delivery where jobset_id = \(id) and kind = 'callback' order by created_at, event"
        ).map { try $0.decode(String.self) }
    }

    @Test("At its deadline what is outstanding expires, each job saying where it was, and what a lab has is canceled")
    func deadline() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(4, timeout: .seconds(60), in: test)
            let jobs = try await test.rows(of: id)
            _ = try await test.store.finishJobs(TestStore.complete([jobs[0]]))
            try await test.submit(jobs[1], as: [7])
            _ = try await test.endInLab(jobs[2], [8: "Complete"])
            #expect(try await test.store.passDeadline(cancels: true, batch: 10)?.done == nil)
            try await Self.pass(id, in: test)
            let passed = try #require(try await test.store.passDeadline(cancels: true, batch: 10))
            #expect(await passed.done.expired == 3)
            #expect(passed.finished == [FinishedJobset(id: id, generation: 1)])
            #expect(try await test.store.passDeadline(cancels: true, batch: 10)?.done == nil)
            let reasons = try await test.store.jobs(of: id).map(\.reason)
            #expect(
                reasons == [
                    nil, "the jobset's deadline of 60 s has passed: lab job 7 of lab-a had not ended",
                    "the jobset's deadline of 60 s has passed: its results had not come from lab-a",
                    "the jobset's deadline of 60 s has passed: still waiting for lab-a",
                ]
            )
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.verdict == .incomplete)
            #expect(status.deadlinePassedAt != nil)
            #expect(try await test.count("select count(*) from lab_job where cancel_due_at is not null") == 1)
            #expect(Set(try await Self.events(id, in: test)) == ["deadline", "first_failure", "finished"])
        }
    }

    @Test("A jobset of many is ended in parts, one event, one end")
    func parts() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(25, timeout: .seconds(60), in: test)
            try await Self.pass(id, in: test)
            var finished: [FinishedJobset] = []
            var calls = 0
            while let passed = try await test.store.passDeadline(cancels: false, batch: 10) {
                calls += 1
                finished += passed.finished
                #expect(await passed.done.isPartial == (calls < 3))
            }
            #expect(calls == 3)
            #expect(finished.map(\.id) == [id])
            #expect(try await Self.events(id, in: test).filter { $0 == "deadline" }.count == 1)
        }
    }

    @Test("An open jobset is sealed by its deadline and is incomplete, whatever its jobs were")
    func openDeadline() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(1, timeout: .seconds(60), isOpen: true, in: test)
            _ = try await test.store.finishJobs(TestStore.complete(test.rows(of: id)))
            try await Self.pass(id, in: test)
            #expect(try await test.store.passDeadline(cancels: true, batch: 10)?.finished.map(\.id) == [id])
            #expect(try await test.store.jobset(id: id)?.verdict == .incomplete)
            #expect(try await test.store.jobset(id: id)?.sealedReason == "its deadline has passed")
        }
    }

    @Test("Beyond the limit of failures the rest is canceled, and not before")
    func failures() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(6, maxFailures: .count(1), in: test)
            let jobs = try await test.rows(of: id)
            try await test.submit(jobs[5], as: [9])
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .rejected, reason: "no")])
            #expect(try await test.store.jobset(id: id)?.canceledAt == nil)
            let tests = TestCounts(pass: 1, fail: 1, skip: 0, unknown: 0)
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[1], outcome: .complete, reason: nil, tests: tests)])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.failures == 2)
            #expect(status.canceledReason == "2 jobs failed; max_failures is 1")
            #expect(status.outcomes == ["rejected": 1, "complete": 1, "canceled": 3])
            // What a lab has ends when the lab says so; it is told.
            #expect(status.pending == 1)
            try await test.store.markLabJobsToCancel()
            #expect(try await test.count("select count(*) from lab_job where cancel_due_at is not null") == 1)
            let end = JobEnd(jobID: jobs[5], outcome: .canceled, reason: nil)
            #expect(try await test.store.finishJobs([end]).map(\.id) == [id])
            #expect(try await test.store.jobset(id: id)?.verdict == .canceled)
            #expect(try await test.store.jobset(id: id)?.failures == 2)
            #expect(try await Self.events(id, in: test).sorted() == ["canceled", "finished", "first_failure"])
        }
    }

    @Test("A percentage holds once it is known of how many")
    func percentage() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(2, maxFailures: .percent(50), isOpen: true, in: test)
            let lost = try await test.rows(of: id).map { JobEnd(jobID: $0, outcome: .lost, reason: "gone") }
            _ = try await test.store.finishJobs(lost)
            #expect(try await test.store.jobset(id: id)?.canceledAt == nil)
            let two = TestStore.addition(to: id, jobs: 1)
            _ = try await test.store.addJobs(id: UUID(), addition: two)
            let sealing = try await test.store.sealJobset(id: id)
            #expect(sealing.finished.map(\.id) == [id])
            #expect(try await test.store.jobset(id: id)?.outcomes == ["lost": 2, "canceled": 1])
        }
    }

    @Test("The limit is changed while it runs, and a lower one acts at once")
    func change() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(5, maxFailures: .count(0), in: test)
            let jobs = try await test.rows(of: id)
            let raised = try await test.store.changeJobset(id: id, JobsetChange(maxFailures: .count(3)))
            #expect(await !raised.done)
            _ = try await test.store.finishJobs(jobs.prefix(2).map { JobEnd(jobID: $0, outcome: .lost, reason: "x") })
            #expect(try await test.store.jobset(id: id)?.canceledAt == nil)
            let lowered = try await test.store.changeJobset(id: id, JobsetChange(maxFailures: .percent(20)))
            #expect(await lowered.done)
            #expect(lowered.finished.map(\.id) == [id])
            await #expect(throws: FleetRefusal.alreadyFinished(verdict: .canceled)) {
                try await test.store.changeJobset(id: id, JobsetChange(priority: 3))
            }
            let absent = UUID()
            await #expect(throws: FleetRefusal.noSuchJobset(id: absent.text)) {
                try await test.store.changeJobset(id: absent, JobsetChange(priority: 3))
            }
        }
    }

    @Test("A deadline is set, moved and taken away while it runs")
    func changeTimeout() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(1, in: test)
            _ = try await test.store.changeJobset(id: id, JobsetChange(timeout: .seconds(100)))
            #expect(
                try await test.isTrue("select deadline = created_at + interval '100 s' from jobset where id = \(id)")
            )
            _ = try await test.store.changeJobset(id: id, JobsetChange(timeout: .some(nil)))
            #expect(try await test.store.jobset(id: id)?.deadline == nil)
        }
    }

    @Test("Only the events that were chosen are delivered, each once, with what was then")
    func chosen() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept(3, events: [.firstFailure], in: test)
            let jobs = try await test.rows(of: id)
            for job in jobs.dropLast() {
                _ = try await test.store.finishJobs([JobEnd(jobID: job, outcome: .lost, reason: "gone")])
            }
            _ = try await test.store.cancelJobset(id: id, reason: nil)
            #expect(try await Self.events(id, in: test) == ["first_failure"])
            let due = try await test.store.claimDeliveries(limit: 10, lease: .seconds(60))
            let event = try #require(due.first { $0.kind == .callback })
            #expect(event.event == .firstFailure)
            let data = try #require(event.data)
            #expect(data.total == 3)
            #expect(data.pending == 2)
            #expect(data.failures == 1)
            #expect(data.job?.position == 0)
            #expect(data.job?.outcome == .lost)
            #expect(data.job?.reason == "gone")
        }
    }
}
