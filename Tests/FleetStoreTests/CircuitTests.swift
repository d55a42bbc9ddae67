// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Circuit breaker", .timeLimit(.minutes(10)))
struct CircuitTests {
    private static let terms = CircuitTerms(failures: 3, first: .seconds(60), maximum: .seconds(240))

    private static func fail(_ test: TestStore, times: Int, wanted: Duration? = nil) async throws {
        for _ in 0..<times {
            try await test.store.noteFailure(backend: "lab-a", error: "refused", terms: terms, wanted: wanted)
        }
    }

    private static func isOpen(_ test: TestStore) async throws -> Bool {
        try await test.isTrue("select coalesce(probe_at > now(), false) from backend where name = 'lab-a'")
    }

    @Test("It opens with the failure that is one too many, and nothing goes to that lab, and to others everything")
    func opens() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            let other = try await test.accept(jobs: 1, backend: "lab-b")
            try await Self.fail(test, times: 2)
            #expect(try await !Self.isOpen(test))
            try await Self.fail(test, times: 1)
            #expect(try await Self.isOpen(test))
            #expect(try await test.store.claimJob(id: jobs[0], terms: TestStore.terms()) == .parked(.broken))
            // It is due, and yet not taken while the circuit is open.
            let due = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 100, limit: 10)
            #expect(due.isEmpty)
            _ = try await test.claim(other.jobs[0])
        }
    }

    @Test("When its time has come one job tries it, and the others wait for what becomes of that")
    func probes() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 3)
            try await Self.fail(test, times: 3)
            for job in jobs {
                #expect(try await test.store.claimJob(id: job, terms: TestStore.terms()) == .parked(.broken))
            }
            try await test.client.execute("update backend set probe_at = now()")
            let taken = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 100, limit: 10)
            #expect(taken.count == 1)
            let probe = try await test.claim(try #require(taken.first).id)
            #expect(probe.isLabFailing)
            #expect(try await test.store.claimJob(id: jobs[2], terms: TestStore.terms()) == .parked(.broken))
            // It fails: the lab is left alone for longer.
            try await Self.fail(test, times: 1)
            #expect(
                try await test.isTrue(
                    "select probe_at > now() + interval '90 s' from backend where name = 'lab-a'"
                )
            )
            // It works: everybody goes on.
            try await test.store.closeCircuit(backend: "lab-a", serverErrorTries: 8)
            let rest = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 100, limit: 10)
            #expect(Set(rest.map(\.id)) == Set(jobs).subtracting([taken[0].id]))
            #expect(try await !test.claim(rest[0].id).isLabFailing)
        }
    }

    /// Has the lab fail on a job's submission.
    private static func failOn(_ job: Int, in test: TestStore, times: Int = 1) async throws {
        for _ in 0..<times {
            let claimant = UUID()
            let attempt = try await test.claim(job, TestStore.terms(claimant))
            try await test.store.releaseAttempt(
                attempt,
                claimant: claimant,
                error: "500",
                isDoubtful: false,
                isServerError: true,
                resumeAfter: .zero
            )
        }
    }

    @Test("A lab is tried by a job of a jobset that it has not failed on, then by one that it has, full or not")
    func preference() async throws {
        try await TestStore.with { test in
            let (_, poison) = try await test.accept(jobs: 2)
            let (_, good) = try await test.accept(jobs: 1)
            try await Self.failOn(poison[0], in: test)
            try await test.client.execute("update job set resume_at = now() - interval '1 s'")
            try await Self.fail(test, times: 3)
            try await test.client.execute("update backend set probe_at = now()")
            for wanted in [good[0], poison[0], poison[1]] {
                let taken = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 1, limit: 10)
                #expect(taken.map(\.id) == [wanted])
            }
            // The one place is taken by the job that it fails on; the other may try all the same.
            guard case .claimed = try await test.store.claimJob(id: good[0], terms: TestStore.terms(maximumInFlight: 1))
            else { throw NeverHappened(what: "the good job to be claimed") }
        }
    }

    @Test("A lab that had failed on everything gives each of its jobs one more try before it ends for it")
    func oneMoreTry() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            try await Self.failOn(jobs[0], in: test, times: 9)
            try await Self.failOn(jobs[1], in: test, times: 2)
            try await Self.fail(test, times: 3)
            try await test.store.closeCircuit(backend: "lab-a", serverErrorTries: 8)
            let first = try await test.claim(jobs[0])
            let second = try await test.claim(jobs[1])
            #expect(first.serverErrors == 7)
            #expect(second.serverErrors == 2)
        }
    }

    @Test("A single failure between successes resets nobody's count and makes nothing due before its time")
    func closedAllAlong() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            try await Self.failOn(jobs[0], in: test, times: 9)
            try await test.client.execute("update job set resume_at = now() + interval '1 h'")
            try await Self.fail(test, times: 1)
            try await test.store.closeCircuit(backend: "lab-a", serverErrorTries: 8)
            #expect(try await test.isTrue("select resume_at > now() from job"))
            let attempt = try await test.claim(jobs[0])
            #expect(attempt.serverErrors == 9)
        }
    }

    @Test("A lab that was resumed by hand goes on as a whole once it has taken one job")
    func resumed() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 3)
            try await Self.fail(test, times: 5)
            try await test.store.unpauseBackend("lab-a")
            let attempt = try await test.claim(jobs[0])
            #expect(attempt.isLabFailing && attempt.isProbe)
            try await test.store.closeCircuit(backend: "lab-a", serverErrorTries: 8)
            for job in jobs[1...] { _ = try await test.claim(job) }
        }
    }

    @Test("The turn to try a lab is not spent on a job that can't use it, and is given back by one that did not")
    func turn() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            _ = try await test.claim(jobs[0])
            try await Self.fail(test, times: 3)
            try await test.client.execute("update backend set probe_at = now()")
            guard case .parked(.held) = try await test.store.claimJob(id: jobs[0], terms: TestStore.terms()) else {
                throw NeverHappened(what: "a job that is held")
            }
            _ = try await test.claim(jobs[1])
            #expect(try await Self.isOpen(test))
            try await test.store.returnProbe(backend: "lab-a")
            #expect(try await !Self.isOpen(test))
        }
    }

    @Test("The pauses grow up to their limit, and a lab that asks for more gets it at once")
    func pauses() async throws {
        try await TestStore.with { test in
            try await Self.fail(test, times: 40)
            #expect(
                try await test.isTrue("select probe_at <= now() + interval '240 s' from backend where name = 'lab-a'")
            )
            try await test.store.closeCircuit(backend: "lab-a", serverErrorTries: 8)
            try await Self.fail(test, times: 1, wanted: .seconds(1000))
            #expect(
                try await test.isTrue("select probe_at > now() + interval '990 s' from backend where name = 'lab-a'")
            )
            // Not by signs that it is back, nor by a job that gives its turn back, nor by one that fails otherwise.
            try await test.store.probeNow(backend: "lab-a")
            try await Self.fail(test, times: 1)
            #expect(
                try await test.isTrue("select probe_at > now() + interval '990 s' from backend where name = 'lab-a'")
            )
            try await test.client.execute("update backend set rest_until = now() - interval '1 s'")
            try await test.store.probeNow(backend: "lab-a")
            #expect(try await !Self.isOpen(test))
            #expect(try await test.isTrue("select probe_at is not null from backend where name = 'lab-a'"))
        }
    }

    @Test("Closing it makes submissions due that were put off for the lab's sake")
    func resumes() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let claimant = UUID()
            let attempt = try await test.claim(jobs[0], TestStore.terms(claimant))
            try await test.store.releaseAttempt(
                attempt,
                claimant: claimant,
                error: "reset",
                isDoubtful: true,
                resumeAfter: .seconds(300)
            )
            try await Self.fail(test, times: 3)
            try await test.store.closeCircuit(backend: "lab-a", serverErrorTries: 8)
            let due = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 100, limit: 10)
            #expect(due.map(\.id) == jobs)
        }
    }

    @Test("A lab whose turn to be tried has come while nothing waits for it is to be asked whether it is well")
    func triedByNone() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            #expect(try await !test.store.isTriedByNone(backend: "lab-a"))
            try await Self.fail(test, times: 3)
            try await test.client.execute("update backend set probe_at = now() where name = 'lab-a'")
            #expect(try await !test.store.isTriedByNone(backend: "lab-a"))
            _ = try await test.store.finishJobs(TestStore.complete(jobs))
            #expect(try await test.store.isTriedByNone(backend: "lab-a"))
            try await test.client.execute("update backend set probe_at = now() + interval '1 min'")
            #expect(try await !test.store.isTriedByNone(backend: "lab-a"))
        }
    }

    @Test("A paused lab gets nothing, whatever its circuit, until somebody resumes it")
    func paused() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            try await test.client.execute("update backend set paused_reason = 'moving', paused_at = now()")
            #expect(try await test.store.claimJob(id: jobs[0], terms: TestStore.terms()) == .parked(.stopped))
            #expect(try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 9, limit: 9).isEmpty)
            try await test.client.execute("update backend set paused_reason = null, paused_at = null")
            #expect(try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 9, limit: 9).map(\.id) == jobs)
        }
    }

    @Test("How often a lab has failed on a job, and whether it took others meanwhile, is told with the claim")
    func serverErrors() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            for _ in 0..<2 {
                let claimant = UUID()
                let attempt = try await test.claim(jobs[0], TestStore.terms(claimant))
                try await test.store.releaseAttempt(
                    attempt,
                    claimant: claimant,
                    error: "500",
                    isDoubtful: false,
                    isServerError: true,
                    resumeAfter: .zero
                )
            }
            let claimant = UUID()
            let before = try await test.claim(jobs[0], TestStore.terms(claimant))
            #expect(before.serverErrors == 2 && before.serverErrorsAge != nil && before.labTookOther == nil)
            try await test.submit(jobs[1], as: [1])
            let after = try await test.claim(jobs[0], TestStore.terms(claimant))
            #expect(try #require(after.labTookOther) > .zero)
            // One that it took just before says something, too; one of long ago does not, nor does a watched job.
            try await test.client.execute("update attempt set server_errors_since = now() + interval '1 min'")
            let justBefore = try await test.claim(jobs[0], TestStore.terms(claimant))
            #expect(try #require(justBefore.labTookOther) < .zero)
            try await test.client.execute("update lab_job set is_watched = true")
            #expect(try await test.claim(jobs[0], TestStore.terms(claimant)).labTookOther == nil)
            try await test.client.execute("update lab_job set is_watched = false")
            try await test.client.execute("update attempt set server_errors_since = now() + interval '1 h'")
            #expect(try await test.claim(jobs[0], TestStore.terms(claimant)).labTookOther == nil)
        }
    }
}
