// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

/// Requests whose answer was lost: how long they count, and when a lab is asked once more for what became of them.
@Suite("Doubts", .timeLimit(.minutes(10)))
struct DoubtTests {
    private static func release(
        _ attempt: ClaimedAttempt,
        by terms: ClaimTerms,
        isDoubtful: Bool = true,
        in test: TestStore
    ) async throws {
        try await test.store.releaseAttempt(
            attempt,
            claimant: terms.claimant,
            error: "no answer",
            isDoubtful: isDoubtful,
            resumeAfter: .zero
        )
    }

    private static func due(_ test: TestStore) async throws -> [DoubtfulAttempt] {
        try await test.store.takeDoubtful(backend: "lab-a", limit: 10, terms: .usual).attempts
    }

    @Test("The doubt of whoever died counts from the end of its lease, not from its claim")
    func fromTheLease() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let dead = try await test.claim(jobs[0])
            try await test.client.execute(
                """
                update attempt set doubtful_since = now() - interval '1 h', claimed_until = now() - interval '5 s'
                where id = \(dead.id)
                """
            )
            let terms = TestStore.terms()
            let next = try await test.claim(jobs[0], terms)
            let doubt = try #require(next.doubt)
            #expect(doubt >= .seconds(5) && doubt < .seconds(600))
            // It goes on counting from there when the attempt is put off.
            try await test.store.postponeAttempt(next, claimant: terms.claimant, resumeAfter: .zero)
            let later = try #require(try await test.claim(jobs[0]).doubt)
            #expect(later >= doubt && later < .seconds(600))
        }
    }

    @Test("An attempt that was in doubt is looked for a while after, and once more when it ends")
    func looks() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            let terms = TestStore.terms()
            try await Self.release(try await test.claim(jobs[0], terms), by: terms, in: test)
            let attempt = try await test.submit(jobs[0], as: [1])
            // This one was never in doubt.
            try await test.submit(jobs[1], as: [2])
            #expect(try await Self.due(test).isEmpty)
            #expect(try await test.isTrue("select count(*) = 1 from attempt where look_due_at > now()"))

            try await test.client.execute(
                """
                update attempt set look_due_at = now() - interval '1 s', doubted_at = now() - interval '1 h'
                where id = \(attempt.id)
                """
            )
            let first = try #require(try await Self.due(test).first)
            #expect(first.id == attempt.id && first.labJobs.map(\.number) == [1])
            _ = try await test.store.recordLook(for: first, groups: [], terms: .usual)
            #expect(try await test.isTrue("select bool_and(look_due_at is null) from attempt"))

            _ = try await test.store.finishJobs(TestStore.complete(jobs))
            let last = try #require(try await Self.due(test).first)
            let groups = [SubmittedGroup([.init(number: 1)]), SubmittedGroup([.init(number: 7)])]
            let outcome = try await test.store.recordLook(for: last, groups: groups, terms: .usual)
            #expect(outcome.surplus == [7])
            #expect(try await test.isTrue("select bool_and(look_due_at is null) from attempt"))
            #expect(try await test.store.takeCancels(backend: "lab-a", limit: 10).map(\.labJob.number) == [7])
        }
    }

    @Test("A look that fails comes again, ever later, and is given up when the lab has kept silent for too long")
    func failing() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            _ = try await test.claim(jobs[0])
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .expired, reason: nil)])
            for _ in 0..<3 {
                #expect(try await Self.due(test).count == 1)
                #expect(try await test.isTrue("select look_due_at > now() from attempt"))
                try await test.client.execute("update attempt set look_due_at = now()")
            }
            try await test.client.execute(
                "update attempt set doubted_at = now() - interval '1 d', ended_at = now() - interval '1 d'"
            )
            let taken = try await test.store.takeDoubtful(backend: "lab-a", limit: 10, terms: .usual)
            #expect(taken.attempts.isEmpty && taken.givenUp.count == 1)
            #expect(try await test.isTrue("select look_due_at is null from attempt"))
            let tag = taken.givenUp[0].uuidString.lowercased()
            #expect(
                try await test.store.jobs(of: id).first?.reason
                    == "it may run in lab-a all the same: its definition there begins with \"# muster: \(tag)\""
            )
        }
    }

    @Test("A look whose lab is not asked is given up in time as well, and one that was not made is due again")
    func notAsked() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            _ = try await test.claim(jobs[0])
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .expired, reason: nil)])
            let taken = try await Self.due(test)
            #expect(taken.count == 1)
            try await test.store.returnLooks(taken)
            #expect(try await test.isTrue("select look_due_at <= now() and looks = 0 from attempt"))
            let none = try await test.store.takeDoubtful(backend: "lab-a", limit: 0, terms: .usual)
            #expect(none.attempts.isEmpty && none.givenUp.isEmpty)
            try await test.client.execute(
                "update attempt set doubted_at = now() - interval '1 d', ended_at = now() - interval '1 d'"
            )
            let given = try await test.store.takeDoubtful(backend: "lab-a", limit: 0, terms: .usual).givenUp
            #expect(given == taken.map(\.id))
        }
    }

    @Test("A job that ended while its request was on its way is looked for, and what the lab has is canceled there")
    func endedOnItsWay() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let terms = TestStore.terms()
            let attempt = try await test.claim(jobs[0], terms)
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .expired, reason: "deadline")])
            let look = try #require(try await Self.due(test).first)
            _ = try await test.store.recordLook(for: look, groups: [], terms: .usual)
            // Not found: it is looked for again until the doubt is over.
            #expect(try await test.isTrue("select look_due_at > now() from attempt"))
            // Its answer is lost, later than that.
            try await Self.release(attempt, by: terms, in: test)
            let again = try #require(try await Self.due(test).first)
            let found = [SubmittedGroup([.init(number: 3)])]
            #expect(try await test.store.recordLook(for: again, groups: found, terms: .usual).surplus == [])
            let canceled = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(canceled.map(\.labJob.number) == [3] && canceled.allSatisfy { !$0.isSurplus })
            #expect(try await test.store.jobs(of: id).first?.outcome == .expired)
        }
    }

    @Test("An answer that comes after the job's end has its lab job canceled, unless a deadline is to leave it")
    func answeredAfterTheEnd() async throws {
        try await TestStore.with { test in
            let leaving = DoubtTerms(
                settle: .zero,
                secondLook: .zero,
                cancelsExpired: false,
                giveUpAfter: .seconds(60)
            )
            let (_, jobs) = try await test.accept(jobs: 4)
            let ends: [(JobOutcome, DoubtTerms)] = [
                (.expired, .usual), (.expired, leaving), (.undeliverable, leaving), (.canceled, leaving),
            ]
            for (number, (job, (outcome, terms))) in zip(jobs, ends).enumerated() {
                let attempt = try await test.claim(job)
                _ = try await test.store.finishJobs([JobEnd(jobID: job, outcome: outcome, reason: nil)])
                try await test.store.recordSubmission(
                    attempt: attempt.id,
                    groups: [SubmittedGroup([.init(number: number)])],
                    terms: terms
                )
            }
            let canceled = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(canceled.map(\.labJob.number).sorted() == [0, 2, 3])
        }
    }

    @Test("What a submitter records while a deadline ends its job is canceled all the same", arguments: [true, false])
    func recordedWhileExpiring(cancels: Bool) async throws {
        try await TestStore.with(connections: 4) { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            try await test.client.execute("update jobset set deadline = now() where id = \(id)")
            // Held between the look for what is to be canceled and the end of the job.
            let passed = try await test.withJobsetLocked(
                id,
                untilWaiting: 1,
                and: "select exists (select from lab_job)"
            ) {
                async let passed = test.store.passDeadline(cancels: cancels, batch: 9)
                try await test.waitUntilWaiting(1)
                try await test.store.recordSubmission(
                    attempt: attempt.id,
                    groups: [SubmittedGroup([.init(number: 7)])],
                    terms: .usual
                )
                return try await passed
            }
            #expect(await passed?.done.expired == 1)
            #expect(try await test.isTrue("select state = 'ended' from attempt"))
            #expect(try await test.store.takeCancels(backend: "lab-a", limit: 9).isEmpty)
            #expect(try await test.store.markLeftLabJobs(cancelsExpired: cancels) == (cancels ? 1 : 0))
            let canceled = try await test.store.takeCancels(backend: "lab-a", limit: 9)
            #expect(canceled.map(\.labJob.number) == (cancels ? [7] : []))
            // Once: a lab that was told is told again as ever, and not by this.
            #expect(try await test.store.markLeftLabJobs(cancelsExpired: cancels) == 0)
        }
    }

    @Test("A group's job ends with fewer members only once its lab has answered and not shown them")
    func groupOfALabThatIsAway() async throws {
        try await TestStore.with { test in
            let terms = DoubtTerms(
                settle: .zero,
                secondLook: .zero,
                cancelsExpired: true,
                giveUpAfter: .seconds(3600)
            )
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let shown = [SubmittedGroup([.init(number: 7, subID: "7.0")], size: 2)]
            try await test.store.recordSubmission(attempt: attempt.id, groups: shown, terms: terms)
            let ended = try await test.store.observeFinished(
                [TestStore.seen(7, tag: attempt.id)],
                backend: "lab-a"
            )
            let row = try #require(ended.first?.id)
            // The lab is away from here on, for longer than the members are waited for.
            #expect(try await test.store.finishLabJobs([FetchedLabJob(id: row)]).finished.isEmpty)
            try await test.client.execute("update attempt set look_due_at = now()")
            let look = try #require(
                try await test.store.takeDoubtful(backend: "lab-a", limit: 9, terms: terms).attempts.first
            )
            #expect(try await test.store.takeUncounted(backend: "lab-a", age: .zero, limit: 9).isEmpty)
            #expect(try await test.store.finishLabJobs([FetchedLabJob(id: row)]).finished.isEmpty)
            // It is back, and shows what it showed.
            let outcome = try await test.store.recordLook(for: look, groups: shown, terms: terms)
            #expect(outcome.uncounted == row)
            #expect(try await test.store.finishLabJobs([FetchedLabJob(id: row)]).finished.map(\.id) == [id])
            #expect(try await test.store.jobs(of: id).first?.reason == "the lab showed 1 of the 2 jobs of the group")
        }
    }

    @Test("Nobody ends a job whose claim is another's, and who does leaves no doubt behind")
    func claimOfAnother() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let (late, prompt) = (TestStore.terms(), TestStore.terms())
            let stale = try await test.claim(jobs[0], late)
            try await test.client.execute("update attempt set claimed_until = now() - interval '1 s'")
            let current = try await test.claim(jobs[0], prompt)
            func end(_ attempt: ClaimedAttempt, _ terms: ClaimTerms) async throws -> [FinishedJobset]? {
                try await test.store.endClaimed(
                    attempt,
                    claimant: terms.claimant,
                    outcome: .rejected,
                    reason: "no such device"
                )?.finished
            }
            #expect(try await end(stale, late) == nil)
            #expect(try await test.store.jobs(of: id).first?.state == .waiting)
            #expect(try await end(current, prompt)?.map(\.id) == [id])
            #expect(try await end(current, prompt) == nil)
            // The one that died may still be carried out.
            #expect(try await Self.due(test).map(\.id) == [stale.id])
        }
    }

    @Test("A refused job that was never in doubt is not looked for")
    func refused() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let terms = TestStore.terms()
            let attempt = try await test.claim(jobs[0], terms)
            _ = try await test.store.endClaimed(
                attempt,
                claimant: terms.claimant,
                outcome: .rejected,
                reason: "no such device"
            )
            #expect(try await test.isTrue("select look_due_at is null and doubted_at is null from attempt"))
        }
    }

    @Test("A request that ends in doubt when its claim is another's has its attempt looked for")
    func lateDoubt() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let terms = TestStore.terms()
            let attempt = try await test.claim(jobs[0], terms)
            try await test.store.recordSubmission(attempt: attempt.id, labJobs: [.init(number: 1)])
            try await Self.release(attempt, by: terms, in: test)
            #expect(try await Self.due(test).map(\.id) == [attempt.id])
        }
    }
}
