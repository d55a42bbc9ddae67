// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// A lab that has an attempt more than once: one is the attempt's, and the others are canceled and of no account.
@Suite("Surplus lab jobs", .timeLimit(.minutes(10)))
struct SurplusTests {
    private static func job(_ number: Int) -> SubmittedGroup { SubmittedGroup([SubmittedLabJob(number: number)]) }

    private static func group(_ first: Int, members: Int, size: Int? = nil) -> SubmittedGroup {
        SubmittedGroup(
            (0..<members).map { SubmittedLabJob(number: first + $0, subID: "\(first).\($0)") },
            size: size
        )
    }

    private static let surplus: PostgresStatement = "select number from surplus_lab_job order by number"
    private static let own: PostgresStatement = "select number from lab_job order by number"

    @Test("Of several jobs under one tag the first is the attempt's; the job ends as it does, and its tests count once")
    func singles() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let groups = [5, 6, 9].map(Self.job)
            let surplus = try await test.store.recordSubmission(
                attempt: attempt.id,
                groups: groups,
                isAdopted: true,
                terms: .usual
            )
            #expect(surplus == [6, 9])
            #expect(try await test.integers(Self.own) == [5])
            #expect(try await test.integers(Self.surplus) == [6, 9])
            // A repeat finds nothing new.
            let again = try await test.store.recordSubmission(attempt: attempt.id, groups: groups, terms: .usual)
            #expect(again == [])

            let canceled = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(canceled.map(\.labJob.number).sorted() == [6, 9])
            #expect(canceled.allSatisfy { $0.isSurplus && $0.labJob.attempt == attempt.id })
            // Its end in the lab ends nothing here.
            let observed = try await test.store.observeFinished(
                [6, 9].map { TestStore.seen($0, tag: attempt.id, health: "Canceled") },
                backend: "lab-a"
            )
            #expect(observed.isEmpty)
            let seen = try await test.store.observeFinished([TestStore.seen(5, tag: attempt.id)], backend: "lab-a")
            let finished = try await test.store.finishLabJobs(
                seen.map { FetchedLabJob(id: $0.id, results: [TestStore.result("a", .pass)]) }
            ).finished
            #expect(finished.map(\.id) == [id])
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.outcome == .complete && job.tests.pass == 1 && job.labJobs.map(\.number) == [5])

            try await test.store.endSurplus(canceled.map { EndedSurplus(id: $0.labJob.id, health: "Canceled") })
            #expect(try await test.store.takeCancels(backend: "lab-a", limit: 10).isEmpty)
            let shown = try #require(try await test.store.attempts(of: id, position: 0).first?.surplusLabJobs)
            #expect(shown.map(\.number) == [6, 9] && shown.allSatisfy { $0.health == "Canceled" && !$0.canceling })
            let found = try await test.store.labJobs(numbered: 6, scopes: [.all], limit: 10)
            #expect(found.map(\.jobset.id) == [id])
        }
    }

    @Test("Of several groups one is the attempt's, and one member of each of the others has its group canceled")
    func groups() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let groups = [Self.group(10, members: 2), Self.group(20, members: 2), Self.group(30, members: 2)]
            try await test.store.recordSubmission(attempt: attempt.id, groups: groups, terms: .usual)
            #expect(try await test.integers(Self.own) == [10, 11])
            let canceled = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(canceled.map(\.labJob.number).sorted() == [20, 21, 30, 31])
            #expect(Set(canceled.map(\.group)) == [20, 30])
        }
    }

    @Test("What another request brings later is surplus, whoever records it")
    func late() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.submit(jobs[0], as: [5])
            let surplus = try await test.store.recordSubmission(attempt: attempt.id, labJobs: [.init(number: 6)])
            #expect(surplus == [6])
            #expect(try await test.integers(Self.own) == [5])
            #expect(try await test.store.jobs(of: id).first?.labJobs.map(\.number) == [5])
            // Nor is the lab's not knowing it anything to the job.
            let outstanding = try await test.store.takeOutstanding(backend: "lab-a", age: .seconds(-60), limit: 10)
            #expect(outstanding.map(\.number) == [5])
        }
    }

    @Test("What one look does not take is left to the next, which goes on behind it, until there are too many")
    func parts() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let first = (1...3).map(Self.job)
            try await test.store.recordSubmission(
                attempt: attempt.id,
                groups: first,
                isAdopted: true,
                moreAfter: 3,
                terms: .usual
            )
            func take() async throws -> DoubtfulAttempt {
                try #require(
                    try await test.store.takeDoubtful(backend: "lab-a", limit: 10, terms: .usual).attempts.first
                )
            }
            let second = try await take()
            #expect(second.lookedPast == 3)
            let more = try await test.store.recordLook(
                for: second,
                groups: [4, 5].map(Self.job),
                moreAfter: 5,
                terms: .usual
            )
            #expect(more.surplus == [4, 5] && !more.isBeyondBounds)
            try await test.client.execute("update attempt set look_due_at = now()")
            let third = try await take()
            #expect(third.lookedPast == 5)
            let last = try await test.store.recordLook(for: third, groups: [Self.job(6)], terms: .usual)
            #expect(last.surplus == [6])
            #expect(try await test.isTrue("select looked_past is null and look_due_at is null from attempt"))
            #expect(try await test.integers(Self.surplus) == [2, 3, 4, 5, 6])

            try await test.client.execute(
                """
                insert into surplus_lab_job (attempt_id, backend, number)
                select \(attempt.id), 'lab-a', number from generate_series(10, \(FleetStore.maximumSurplus + 10)) as number
                """
            )
            try await test.client.execute("update attempt set look_due_at = now()")
            let beyond = try await test.store.recordLook(
                for: try await take(),
                groups: [],
                moreAfter: 99_999,
                terms: .usual
            )
            #expect(beyond.isBeyondBounds)
            #expect(try await test.isTrue("select looked_past is null and look_due_at is null from attempt"))
        }
    }

    @Test("A group that the lab has named and does not show whole is waited for, and says so when it ends without")
    func hidden() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let part = [Self.group(7, members: 2, size: 3)]
            try await test.store.recordSubmission(attempt: attempt.id, groups: part, terms: .usual)
            try await test.client.execute("update attempt set look_due_at = now()")
            let look = try #require(
                try await test.store.takeDoubtful(backend: "lab-a", limit: 10, terms: .usual).attempts.first
            )
            #expect(look.id == attempt.id && look.groupSize == 3 && look.labJobs.map(\.number) == [7, 8])
            let ended = try await test.store.observeFinished(
                [7, 8].map { TestStore.seen($0, tag: attempt.id) },
                backend: "lab-a"
            )
            #expect(try await test.store.finishLabJobs(ended.map { FetchedLabJob(id: $0.id) }).finished.isEmpty)
            #expect(try await test.store.jobs(of: id).first?.state == .submitted)
            #expect(try await test.store.takeUncounted(backend: "lab-a", age: .seconds(-1), limit: 9).isEmpty)
            let again = try await test.store.recordLook(for: look, groups: part, terms: .usual)
            #expect(again.surplus.isEmpty && again.uncounted == nil)
            #expect(try await test.isTrue("select look_due_at > now() from attempt"))

            try await test.client.execute("update attempt set look_due_at = now(), group_due_at = now()")
            let last = try #require(
                try await test.store.takeDoubtful(backend: "lab-a", limit: 10, terms: .usual).attempts.first
            )
            let outcome = try await test.store.recordLook(for: last, groups: part, terms: .usual)
            let uncounted = try #require(outcome.uncounted)
            #expect(try await test.isTrue("select look_due_at is null from attempt"))
            #expect(try await test.store.finishLabJobs([FetchedLabJob(id: uncounted)]).finished.map(\.id) == [id])
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.outcome == .incomplete)
            #expect(job.reason == "the lab showed 2 of the 3 jobs of the group")
        }
    }

    @Test("The members that a later look shows are the attempt's, and it ends as a whole")
    func shownLater() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let first = [SubmittedGroup([SubmittedLabJob(number: 7, subID: "7.0")], size: 2)]
            try await test.store.recordSubmission(attempt: attempt.id, groups: first, terms: .usual)
            // Its role is not known yet: it is asked for by number at once.
            let asked = try await test.store.takeOutstanding(backend: "lab-a", age: .seconds(3600), limit: 10)
            #expect(asked.map(\.number) == [7])
            try await test.client.execute("update attempt set look_due_at = now()")
            let look = try #require(
                try await test.store.takeDoubtful(backend: "lab-a", limit: 10, terms: .usual).attempts.first
            )
            let whole = [Self.group(7, members: 2)]
            _ = try await test.store.recordLook(for: look, groups: whole, terms: .usual)
            #expect(try await test.integers(Self.own) == [7, 8])
            #expect(try await test.isTrue("select look_due_at is null from attempt"))
            let ended = try await test.store.observeFinished(
                [7, 8].map { TestStore.seen($0, tag: attempt.id) },
                backend: "lab-a"
            )
            #expect(
                try await test.store.finishLabJobs(ended.map { FetchedLabJob(id: $0.id) }).finished.map(\.id) == [id]
            )
            #expect(try await test.store.jobs(of: id).first?.outcome == .complete)
        }
    }
}
