// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Many at once", .timeLimit(.minutes(10)))
struct GroupTests {
    private static let lease: Duration = .seconds(600)

    private static func claim(_ jobs: [Int], maximum: Int = 1000, in test: TestStore) async throws -> [Claim] {
        try await test.store.claimJobs(
            jobs.map { ClaimRequest(job: $0, claimant: UUID()) },
            lease: lease,
            maximumInFlight: maximum
        )
    }

    private static func attempts(_ claims: [Claim]) -> [ClaimedAttempt?] {
        claims.map { if case .claimed(let attempt) = $0 { attempt } else { nil } }
    }

    @Test("Each job of a group has its own answer, in the order of the questions")
    func mixed() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 6)
            try await test.submit(jobs[0], as: [1])
            let held = try await test.claim(jobs[1])
            let terms = TestStore.terms()
            let free = try await test.claim(jobs[2], terms)
            _ = try await test.store.releaseAttempt(
                free,
                claimant: terms.claimant,
                error: "away",
                isDoubtful: false,
                resumeAfter: .zero
            )
            let order = [jobs[5], jobs[2], 999_999, jobs[1], jobs[0], jobs[3]]
            let claims = try await Self.claim(order, in: test)
            let attempts = Self.attempts(claims)
            #expect(attempts.map { $0?.jobID } == [jobs[5], jobs[2], nil, nil, nil, jobs[3]])
            #expect(attempts[1]?.id == free.id)
            #expect(attempts[1]?.tries == 1)
            #expect(attempts.allSatisfy { $0?.doubt == nil })
            #expect(attempts[0]?.definition == "job_name: job-5")
            #expect(claims[2] == .notWaiting)
            #expect(claims[3] == .parked(.held))
            #expect(claims[4] == .notWaiting)
            #expect(try await test.isTrue("select claimed_by is not null from attempt where id = \(held.id)"))
            #expect(try await test.count("select count(*) from attempt where doubtful_since is null") == 1)
        }
    }

    @Test("Two messages for one job in one group are one claim, and its message alone goes on")
    func twice() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            let claims = try await Self.claim([jobs[1], jobs[0], jobs[1], jobs[1]], in: test)
            #expect(Self.attempts(claims).map { $0?.jobID } == [jobs[1], jobs[0], nil, nil])
            #expect(claims[2] == .parked(.held))
            #expect(claims[3] == .parked(.held))
            #expect(try await test.count("select count(*) from attempt") == 2)
        }
    }

    @Test("Groups that claim at once never take more places than the lab has")
    func places() async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let (_, jobs) = try await test.accept(jobs: 160)
            let claims = try await withThrowingTaskGroup(of: [Claim].self) { group in
                for part in 0..<8 {
                    group.addTask {
                        try await Self.claim(Array(jobs[(part * 20)..<(part * 20 + 20)]), maximum: 50, in: test)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claims.count { if case .claimed = $0 { true } else { false } } == 50)
            #expect(claims.count { $0 == .parked(.saturated) } == 110)
            #expect(try await test.count("select count(*) from attempt where state = 'submitting'") == 50)
            #expect(try await test.count("select count(*) from job where resume_at <= now()") == 110)
        }
    }

    @Test("Groups with the same jobs in another order wait for one another and take each job once")
    func crossing() async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let (_, jobs) = try await test.accept(jobs: 40)
            let claims = try await withThrowingTaskGroup(of: [Claim].self) { group in
                for _ in 0..<8 { group.addTask { try await Self.claim(jobs.shuffled(), in: test) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claims.count { if case .claimed = $0 { true } else { false } } == 40)
            #expect(claims.count { $0 == .parked(.held) } == 280)
        }
    }

    @Test("Of a lab that fails one job of a group tries it, the others are parked")
    func probe() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 5)
            try await test.client.execute("update backend set probe_at = now(), failures = 9 where name = 'lab-a'")
            let claims = try await Self.claim(jobs, maximum: 1, in: test)
            #expect(claims.count { if case .claimed(let attempt) = $0 { attempt.isProbe } else { false } } == 1)
            #expect(claims.count { $0 == .parked(.broken) } == 4)
        }
    }

    @Test("A job that can't be claimed keeps none of its group from being claimed")
    func poisonedClaim() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 4)
            try await test.client.execute("delete from job_definition where position = 2")
            await #expect(throws: MissingRow.self) { try await Self.claim(jobs, in: test) }
            #expect(try await test.count("select count(*) from attempt") == 0)

            let store = test.store
            let claims = Grouping<ClaimRequest, Claim>(maximum: 10, mayConcernOne: FleetStore.mayConcernOne) {
                try await store.claimJobs($0, lease: Self.lease, maximumInFlight: 10)
            }
            let claimed = await withTaskGroup(of: Int?.self) { group in
                for job in jobs {
                    group.addTask {
                        let claim = try? await claims.outcome(of: ClaimRequest(job: job, claimant: UUID()))
                        if case .claimed(let attempt) = claim { return attempt.jobID } else { return nil }
                    }
                }
                return await group.reduce(into: [Int]()) { if let job = $1 { $0.append(job) } }
            }
            #expect(claimed.sorted() == [jobs[0], jobs[1], jobs[3]])
        }
    }

    @Test("Submissions that are recorded together are as those recorded one by one")
    func records() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 6)
            let attempts = Self.attempts(try await Self.claim(jobs, in: test)).compactMap(\.self)
            try #require(attempts.count == 6)
            // Ended while it was on its way.
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[3], outcome: .undeliverable, reason: "late")])
            let groups: [[SubmittedGroup]] = [
                [SubmittedGroup([.init(number: 10)])],
                [SubmittedGroup([.init(number: 11, subID: "11.0"), .init(number: 12, subID: "11.1")])],
                // Two where one was asked for: the second is surplus.
                [SubmittedGroup([.init(number: 13)]), SubmittedGroup([.init(number: 14)])],
                [SubmittedGroup([.init(number: 15)])],
                // One member of three is shown.
                [SubmittedGroup([.init(number: 16, subID: "16.0")], size: 3)],
                [],
            ]
            let submissions = zip(attempts, groups).map { Submission(attempt: $0.id, groups: $1) }
            let twice =
                submissions + [Submission(attempt: attempts[0].id, groups: [SubmittedGroup([.init(number: 19)])])]
            let surplus = try await test.store.recordSubmissions(twice, terms: .usual)
            #expect(surplus == [[], [], [14], [], [], [], [19]])
            let states = try await test.store.jobs(of: id).map(\.state)
            #expect(states == [.submitted, .submitted, .submitted, .finished, .submitted, .waiting])
            #expect(try await test.integers("select number from lab_job order by number") == [10, 11, 12, 13, 15, 16])
            #expect(try await test.integers("select number from lab_job where cancel_due_at is not null") == [15])
            #expect(try await test.integers("select group_size from attempt where group_size is not null") == [3])
            #expect(try await test.count("select count(*) from lab_job where checked_at = '-infinity'") == 1)
            let again = try await test.store.recordSubmissions(twice, terms: .usual)
            #expect(again.flatMap(\.self).isEmpty)
            #expect(try await test.count("select count(*) from lab_job") == 6)
        }
    }

    @Test("Groups of records with the same attempts in another order wait for one another")
    func crossingRecords() async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let (_, jobs) = try await test.accept(jobs: 30)
            let attempts = Self.attempts(try await Self.claim(jobs, in: test)).compactMap(\.self)
            let submissions = attempts.enumerated().map { index, attempt in
                Submission(attempt: attempt.id, groups: [SubmittedGroup([.init(number: index)])])
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { _ = try await test.store.recordSubmissions(submissions.shuffled(), terms: .usual) }
                }
                try await group.waitForAll()
            }
            #expect(try await test.count("select count(*) from lab_job") == 30)
            #expect(try await test.count("select count(*) from attempt where state = 'submitted'") == 30)
        }
    }

    @Test("A claim is kept for its holder, and an attempt that was not sent is given back free of doubt")
    func returned() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let terms = TestStore.terms()
            let attempt = try await test.claim(jobs[0], terms)
            try await test.client.execute("update attempt set claimed_until = now() - interval '1 s'")
            try await test.store.keepClaim(attempt.id, terms: TestStore.terms())
            #expect(try await test.isTrue("select claimed_until < now() from attempt"))
            try await test.store.keepClaim(attempt.id, terms: terms)
            #expect(try await test.isTrue("select claimed_until > now() from attempt"))

            try await test.store.returnAttempt(attempt, claimant: UUID())
            #expect(try await test.isTrue("select claimed_by is not null from attempt"))
            try await test.store.returnAttempt(attempt, claimant: terms.claimant)
            #expect(try await test.isTrue("select resume_at <= now() from job"))
            let again = try await test.claim(jobs[0], terms)
            #expect(again.id == attempt.id)
            #expect(again.doubt == nil)
            #expect(again.tries == 0)

            // One that was in doubt stays so.
            let next = TestStore.terms()
            try await test.client.execute("update attempt set claimed_until = now() - interval '1 s'")
            let doubtful = try await test.claim(jobs[0], next)
            #expect(doubtful.doubt != nil)
            try await test.store.returnAttempt(doubtful, claimant: next.claimant)
            #expect(try await test.claim(jobs[0]).doubt != nil)
        }
    }

    @Test("Finished lab jobs are found together, and count as announced from now if that was long ago")
    func found() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 3)
            var rows: [Int] = []
            for (index, job) in jobs.prefix(2).enumerated() {
                rows += try await test.endInLab(job, [index + 1: "Complete"])
            }
            try await test.submit(jobs[2], as: [9])
            let inLab = try await test.count("select id from lab_job where number = 9")
            let age: PostgresStatement =
                "update lab_job set announced_at = now() - interval '1 h' where id = \(rows[0])"
            try await test.client.execute(age)
            let before = "select announced_at::text from lab_job where id = "
            let young = try await test.client.query("\(unsafeSQL: before)\(rows[1])").map { try $0.decode(String.self) }
            let found = try await test.store.labJobsToFetch(
                [rows[1], inLab, rows[0], rows[1], 999_999],
                touchedAfter: .seconds(60)
            )
            #expect(found.map { $0?.id } == [rows[1], nil, rows[0], rows[1], nil])
            #expect(
                try await test.isTrue(
                    "select min(announced_at) > now() - interval '60 s' from lab_job where state = 'finished'"
                )
            )
            let after = try await test.client.query("\(unsafeSQL: before)\(rows[1])").map { try $0.decode(String.self) }
            #expect(young == after)
        }
    }
}
