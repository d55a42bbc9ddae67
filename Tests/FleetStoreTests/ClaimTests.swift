// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Claims", .timeLimit(.minutes(10)))
struct ClaimTests {
    @Test("A job is claimed with its definition, free of doubt, and its attempt is written before anything is sent")
    func first() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            #expect(attempt.jobID == jobs[0])
            #expect(attempt.jobsetID == id)
            #expect(try await test.store.definition(of: attempt) == "job_name: job-0")
            #expect(attempt.doubt == nil)
            #expect(attempt.tries == 0)
            #expect(attempt.lastError == nil)
            #expect(try await test.isTrue("select doubtful_since is not null from attempt where id = \(attempt.id)"))
        }
    }

    @Test("A large definition is not held while its job waits to be sent, and is there when it is", arguments: [0, 1])
    func largeDefinition(more: Int) async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let definition =
                "a: " + String(repeating: "ä", count: 32 << 10).dropLast(2) + String(repeating: "b", count: 1 + more)
            try await test.client.execute(
                "update job_definition set definition = \(definition) where jobset_id = \(id)"
            )
            let attempt = try await test.claim(jobs[0])
            #expect((attempt.definition == nil) == (more > 0), "\(definition.utf8.count) bytes")
            #expect(try await test.store.definition(of: attempt) == definition)
        }
    }

    @Test("What another holds is parked until the lease ends; then it is claimed in doubt")
    func held() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let other = TestStore.terms()
            #expect(try await test.store.claimJob(id: jobs[0], terms: other) == .parked(.held))
            // Taken by clocks read in two transactions, so not to the microsecond.
            #expect(
                try await test.isTrue(
                    """
                    select abs(extract(epoch from job.resume_at - attempt.claimed_until)) < 1
                    from job join attempt on attempt.job_id = job.id
                    """
                )
            )
            try await test.client.execute("update attempt set claimed_until = now() - interval '1 s'")
            let next = try await test.claim(jobs[0], other)
            #expect(next.id == attempt.id)
            #expect(next.doubt != nil)
            #expect(try await test.count("select count(*) from attempt") == 1)
        }
    }

    @Test("The same claimant gets its claim again, in doubt")
    func sameClaimant() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let terms = TestStore.terms()
            let first = try await test.claim(jobs[0], terms)
            let second = try await test.claim(jobs[0], terms)
            #expect(second.id == first.id)
            #expect(second.doubt != nil)
        }
    }

    @Test("Of eight that claim one job at once one gets it")
    func race() async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let (_, jobs) = try await test.accept(jobs: 20)
            for job in jobs {
                let claims = try await Self.claims(Array(repeating: job, count: 8), in: test.store, maximum: 1000)
                #expect(claims.count { if case .claimed = $0 { true } else { false } } == 1)
                #expect(claims.count { $0 == .parked(.held) } == 7)
            }
            #expect(try await test.count("select count(*) from attempt") == 20)
        }
    }

    @Test("Many that claim at once never take more places than the lab has; the others are parked as due")
    func lastPlace() async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let (_, jobs) = try await test.accept(jobs: 60)
            let claims = try await Self.claims(jobs, in: test.store, maximum: 10)
            #expect(claims.count { if case .claimed = $0 { true } else { false } } == 10)
            #expect(claims.count { $0 == .parked(.saturated) } == 50)
            #expect(try await test.count("select count(*) from job where resume_at <= now()") == 50)
        }
    }

    private static func claims(_ jobs: [Int], in store: FleetStore, maximum: Int) async throws -> [Claim] {
        try await withThrowingTaskGroup(of: Claim.self) { group in
            for job in jobs {
                group.addTask {
                    try await store.claimJob(id: job, terms: TestStore.terms(maximumInFlight: maximum))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("A full lab of one name takes no place of another")
    func otherLab() async throws {
        try await TestStore.with { test in
            let here = try await test.accept(jobs: 2)
            let there = try await test.accept(jobs: 1, backend: "lab-b")
            let one = TestStore.terms(maximumInFlight: 1)
            _ = try await test.claim(here.jobs[0], one)
            #expect(try await test.store.claimJob(id: here.jobs[1], terms: one) == .parked(.saturated))
            _ = try await test.claim(there.jobs[0], one)
        }
    }

    @Test("A job that has been submitted, has ended or never was is not waiting")
    func notWaiting() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            try await test.submit(jobs[0], as: [1])
            _ = try await test.store.finishJobs(TestStore.complete([jobs[1]]))
            for job in jobs + [999_999] {
                #expect(try await test.store.claimJob(id: job, terms: TestStore.terms()) == .notWaiting)
            }
        }
    }

    @Test("A stopped lab's jobs are parked as due, not taken while it is stopped, and claimed once it goes on")
    func stopped() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            try await test.store.stopBackend("lab-a", reason: "401: the token is not known")
            #expect(try await test.store.claimJob(id: jobs[0], terms: TestStore.terms()) == .parked(.stopped))
            #expect(try await test.isTrue("select resume_at <= now() from job"))
            #expect(try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 9, limit: 9).isEmpty)
            #expect(try await test.count("select count(*) from attempt") == 0)
            let stopped = try #require(try await test.store.backendStatuses().first { $0.name == "lab-a" })
            #expect(stopped.stoppedReason == "401: the token is not known")
            #expect(stopped.waiting == 1)

            try await test.store.resumeBackend("lab-a")
            _ = try await test.claim(jobs[0])
        }
    }

    @Test("A claim is renewed for its holder alone, and no longer once the attempt is in the lab")
    func renewal() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let terms = TestStore.terms()
            let attempt = try await test.claim(jobs[0], terms)
            #expect(try await test.store.renewClaim(attempt.id, terms: terms))
            #expect(try await !test.store.renewClaim(attempt.id, terms: TestStore.terms()))
            try await test.client.execute("update attempt set claimed_until = now() - interval '1 s'")
            let other = TestStore.terms()
            _ = try await test.claim(jobs[0], other)
            #expect(try await !test.store.renewClaim(attempt.id, terms: terms))
            try await test.store.recordSubmission(attempt: attempt.id, labJobs: [SubmittedLabJob(number: 1)])
            #expect(try await !test.store.renewClaim(attempt.id, terms: other))
        }
    }
}
