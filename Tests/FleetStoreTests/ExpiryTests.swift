// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Limits of time, and what is canceled in a lab", .timeLimit(.minutes(10)))
struct ExpiryTests {
    private static let limits = LabJobLimits(
        queued: .seconds(3600),
        running: .seconds(600),
        stuckMember: .seconds(900)
    )

    private static func expire(_ test: TestStore, _ limits: LabJobLimits = Self.limits) async throws
        -> Unannounced<[String]>
    {
        let overdue = try await test.store.overdueLabJobs(backend: "lab-a", limits: limits, limit: 10)
        return try await test.store.expireJobs(ofLabJobs: overdue.map(\.id), backend: "lab-a", limits: limits)
    }

    @Test("A job that was queued for too long ends as expired, and its lab is told")
    func queued() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            try await test.submit(jobs[0], as: [7])
            try await test.submit(jobs[1], as: [8])
            var expired = try await Self.expire(test)
            #expect(await expired.done.isEmpty)
            try await test.client.execute(
                "update attempt set submitted_at = now() - interval '3601 s' where job_id = \(jobs[0])"
            )
            expired = try await Self.expire(test, LabJobLimits(queued: nil, running: nil, stuckMember: nil))
            #expect(await expired.done.isEmpty)
            expired = try await Self.expire(test)
            #expect(await expired.done == ["lab job 7 was queued for 3601 s; the limit of lab-a is 3600 s"])
            #expect(expired.finished.isEmpty)
            #expect(try await test.store.jobs(of: id)[0].outcome == .expired)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
            let canceled = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(canceled.map(\.labJob.number) == [7])
            #expect(canceled.map(\.tries) == [1])
        }
    }

    @Test("A running job's time counts from its start, and by our clock whatever the lab's says")
    func running() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            // The lab's clock is a day behind: it took the job at a time that is yesterday by ours.
            try await test.client.execute("update attempt set submitted_at = now() - interval '2000 s'")
            try await test.client.execute(
                """
                update lab_job set submit_time = now() - interval '2000 s' - interval '1 day',
                    start_time = now() - interval '599 s' - interval '1 day'
                """
            )
            var expired = try await Self.expire(test)
            #expect(await expired.done.isEmpty)
            try await test.client.execute("update lab_job set start_time = start_time - interval '2 s'")
            expired = try await Self.expire(test)
            #expect(await expired.done.count == 1)
            #expect(await expired.done.first?.contains("was running for 601 s; the limit of lab-a is 600 s") == true)
            #expect(expired.finished.count == 1)
        }
    }

    @Test("A member that never started ends its job once another has ended for too long")
    func stuck() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.submit(jobs[0], as: [39, 40])
            _ = try await test.store.observeFinished(
                [TestStore.seen(39, tag: attempt.id, health: "Incomplete")],
                backend: "lab-a"
            )
            try await test.client.execute(
                "update lab_job set lab_state = 'Scheduling', role = 'server' where number = 40"
            )
            var expired = try await Self.expire(test)
            #expect(await expired.done.isEmpty)
            try await test.client.execute(
                "update lab_job set checked_at = now() - interval '901 s' where number = 39"
            )
            expired = try await Self.expire(test)
            #expect(
                await expired.done == ["member 39.1 (role server) never left Scheduling, 901 s after 39.0 had ended"]
            )
            let canceled = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(canceled.map(\.labJob.number) == [40])
        }
    }

    @Test("What ended between the look and the end is not expired")
    func endedMeanwhile() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.submit(jobs[0], as: [7])
            try await test.client.execute("update attempt set submitted_at = now() - interval '2 h'")
            let overdue = try await test.store.overdueLabJobs(backend: "lab-a", limits: Self.limits, limit: 10)
            #expect(overdue.map(\.number) == [7])
            let seen = try await test.store.observeFinished(
                [TestStore.seen(7, tag: attempt.id)],
                backend: "lab-a"
            )
            let expired = try await test.store.expireJobs(
                ofLabJobs: overdue.map(\.id),
                backend: "lab-a",
                limits: Self.limits
            )
            #expect(await expired.done.isEmpty)
            #expect(try await test.store.finishLabJobs([FetchedLabJob(id: seen[0].id)]).finished.map(\.id) == [id])
            #expect(try await test.store.jobset(id: id)?.verdict == .passed)
        }
    }

    @Test("A lab is told again after a pause, until the job has ended or is settled")
    func cancels() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            let attempt = try await test.submit(jobs[0], as: [7])
            try await test.submit(jobs[1], as: [8])
            try await test.client.execute("update lab_job set cancel_due_at = now()")
            var taken = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(Set(taken.map(\.labJob.number)) == [7, 8])
            taken = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(taken.isEmpty)
            _ = try await test.store.observeFinished(
                [TestStore.seen(7, tag: attempt.id, health: "Canceled")],
                backend: "lab-a"
            )
            try await test.client.execute("update lab_job set cancel_due_at = now() where cancel_due_at is not null")
            taken = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(taken.map(\.labJob.number) == [8])
            #expect(taken.map(\.tries) == [2])
            try await test.store.settleCancels(taken)
            #expect(try await test.count("select count(*) from lab_job where cancel_due_at is not null") == 0)
        }
    }
}
