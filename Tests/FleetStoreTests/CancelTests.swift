// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Cancellation", .timeLimit(.minutes(10)))
struct CancelTests {
    @Test("Jobs that no lab has end at once, and the last of them finishes the jobset as canceled")
    func nothingInLab() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 3)
            // One that a submitter has given back, knowing that its lab did not take it, is in no lab either.
            let claimant = UUID()
            let attempt = try await test.claim(jobs[1], TestStore.terms(claimant))
            try await test.store.releaseAttempt(
                attempt,
                claimant: claimant,
                error: "429",
                isDoubtful: false,
                resumeAfter: .seconds(60)
            )
            let done = try await test.store.cancelJobset(id: id, reason: "superseded")
            let canceled = await done.done
            #expect(canceled.endedNow == 3 && canceled.isFinished)
            #expect(canceled.inLab == 0 && canceled.inDoubt == 0)
            #expect(done.finished == [FinishedJobset(id: id, generation: 1)])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.verdict == .canceled)
            #expect(status.outcomes == ["canceled": 3])
            let reasons = try await test.store.jobs(of: id).map(\.reason)
            #expect(reasons == Array(repeating: "canceled: superseded", count: 3))
            #expect(try await test.store.deliveries(of: id).count == 2)
        }
    }

    @Test("A job in a lab is canceled there first, and ends when the lab says so, with whatever it says")
    func inLab() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 3)
            let attempts = [try await test.submit(jobs[0], as: [7]), try await test.submit(jobs[1], as: [8])]
            let done = try await test.store.cancelJobset(id: id, reason: nil)
            let canceled = await done.done
            #expect(canceled.endedNow == 1 && canceled.inLab == 2 && canceled.inDoubt == 0)
            #expect(!canceled.isFinished)
            #expect(done.finished.isEmpty)
            #expect(
                try await test.integers("select number from lab_job where cancel_due_at <= now() order by 1") == [7, 8]
            )

            let rows = try await test.store.observeFinished(
                [
                    TestStore.seen(7, tag: attempts[0].id, health: "Canceled"),
                    TestStore.seen(8, tag: attempts[1].id, health: "Complete"),
                ],
                backend: "lab-a"
            )
            let finished = try await test.store.finishLabJobs(
                rows.map {
                    FetchedLabJob(id: $0.id, results: [TestStore.result("a", .pass)])
                }
            ).finished
            #expect(finished.map(\.id) == [id])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.verdict == .canceled)
            // It had completed before the lab heard of the cancellation: that is what became of it.
            #expect(status.outcomes == ["canceled": 2, "complete": 1])
            #expect(try await test.store.jobs(of: id).map(\.reason) == ["canceled", nil, "canceled"])
            #expect(try await test.count("select count(*) from lab_job where cancel_due_at is not null") == 0)
        }
    }

    @Test("A job on its way into a lab is canceled there as soon as it has arrived")
    func onItsWay() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let done = try await test.store.cancelJobset(id: id, reason: nil).done
            #expect(done.inDoubt == 1 && done.endedNow == 0 && done.inLab == 0)
            try await test.store.recordSubmission(attempt: attempt.id, labJobs: [SubmittedLabJob(number: 7)])
            #expect(try await test.count("select count(*) from lab_job where cancel_due_at <= now()") == 1)
            #expect(try await test.store.jobset(id: id)?.state == .running)
        }
    }

    @Test("Whoever claims a job again that was canceled in doubt is told so")
    func claimed() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let claimant = UUID()
            let attempt = try await test.claim(jobs[0], TestStore.terms(claimant))
            try await test.store.releaseAttempt(
                attempt,
                claimant: claimant,
                error: "timeout",
                isDoubtful: true,
                resumeAfter: .zero
            )
            #expect(attempt.cancellation == nil)
            #expect(try await test.store.cancelJobset(id: id, reason: "why").done.inDoubt == 1)
            let again = try await test.claim(jobs[0])
            #expect(again.cancellation?.reason == "why")
        }
    }

    @Test("Canceling again ends nothing twice and keeps the first reason")
    func again() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            try await test.submit(jobs[0], as: [7])
            _ = try await test.store.cancelJobset(id: id, reason: "first")
            let second = try await test.store.cancelJobset(id: id, reason: "second").done
            #expect(second.endedNow == 0 && second.inLab == 1)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
            let ended = try await test.store.endUnconfirmedCancellations(after: .zero, batch: 10).finished
            #expect(ended.map(\.id) == [id])
            let reasons = try await test.store.jobs(of: id).compactMap(\.reason)
            #expect(reasons.allSatisfy { $0.hasPrefix("canceled: first") })
            #expect(reasons.contains { $0.hasSuffix("(the lab did not confirm it within 0 s)") })
            #expect(try await test.store.endUnconfirmedCancellations(after: .zero, batch: 10).finished.isEmpty)
            let error = await #expect(throws: FleetRefusal.self) {
                _ = try await test.store.cancelJobset(id: id, reason: nil)
            }
            #expect(error == .alreadyFinished(verdict: .canceled))
        }
    }

    @Test("A single job is canceled alone, and its jobset is incomplete for it, not canceled")
    func single() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            #expect(try await test.store.cancelJobs(of: id, positions: [1], reason: nil).done.endedNow == 1)
            #expect(try await test.store.finishJobs(TestStore.complete([jobs[0]])).count == 1)
            #expect(try await test.store.jobset(id: id)?.verdict == .incomplete)
        }
    }

    @Test("What can't be canceled is refused with the reason, and nothing is canceled beside it")
    func refused() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 3)
            _ = try await test.store.finishJobs(TestStore.complete([jobs[2]]))
            for (positions, wanted) in [
                ([0, 9], FleetRefusal.noSuchJob(jobset: id.text, position: 9, total: 3)),
                ([0, 2], .jobAlreadyFinished(position: 2, outcome: .complete)),
            ] {
                let error = await #expect(throws: FleetRefusal.self) {
                    _ = try await test.store.cancelJobs(of: id, positions: Set(positions), reason: nil)
                }
                #expect(error == wanted)
            }
            let absent = UUID()
            let error = await #expect(throws: FleetRefusal.self) {
                _ = try await test.store.cancelJobset(id: absent, reason: nil)
            }
            #expect(error == .noSuchJobset(id: absent.text))
            #expect(try await test.count("select count(*) from job where cancel_requested_at is not null") == 0)
        }
    }

    @Test("A cancellation whose lab jobs were not marked is found by the sweep, once")
    func swept() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            try await test.client.execute("update job set cancel_requested_at = now()")
            try await test.store.markLabJobsToCancel()
            #expect(try await test.count("select count(*) from lab_job where cancel_due_at <= now()") == 1)
            // Given up by whoever asked the lab again and again.
            try await test.client.execute("update lab_job set cancel_due_at = null, cancel_tries = 20")
            try await test.store.markLabJobsToCancel()
            #expect(try await test.count("select count(*) from lab_job where cancel_due_at is not null") == 0)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
        }
    }

    @Test("Cancellations and completions at once neither deadlock nor count twice", arguments: 0..<4)
    func together(_ round: Int) async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let (id, jobs) = try await test.accept(jobs: 40)
            var rows: [Int] = []
            for (index, job) in jobs[..<20].enumerated() {
                rows += try await test.endInLab(job, [round * 1000 + index: "Complete"])
            }
            let fetched = rows.map { FetchedLabJob(id: $0) }
            let store = test.store
            async let canceled = store.cancelJobset(id: id, reason: nil)
            async let first = store.finishLabJobs(Array(fetched[..<10])).finished
            async let second = store.finishLabJobs(Array(fetched[10...])).finished
            _ = try await (first, second)
            // It may come after the last of the others, and then there is nothing left to cancel but the rest.
            #expect(try await canceled.done.endedNow == 20)
            let status = try #require(try await store.jobset(id: id))
            #expect(status.pending == 0 && status.state == .finished)
            #expect(status.outcomes == ["canceled": 20, "complete": 20])
            #expect(try await store.counterMismatches(limit: 1).isEmpty)
        }
    }
}
