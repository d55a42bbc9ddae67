// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("What is kept of turns", .timeLimit(.minutes(10)))
struct TurnKeepingTests {
    private static let terms = QueueTerms(maximumInFlight: 1000, queueLength: 1000)

    private static func holder(_ number: UInt8, priority: Int = 50, waiting: Int, out: Int = 0) -> TurnHolder {
        let id = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number))
        return TurnHolder(jobsetID: id, priority: priority, waiting: waiting, out: out)
    }

    /// Who gets how many places: by the number of each holder.
    private static func shares(_ holders: [TurnHolder], places: Int) -> [UInt8: Int] {
        let shares = TurnShares.shares(of: holders, places: places)
        return Dictionary(uniqueKeysWithValues: shares.map { ($0.key.uuid.15, $0.value) })
    }

    @Test("Places go to whoever has the fewest out, to the first among equals, and to nobody who has none waiting")
    func shares() {
        let two = [Self.holder(1, waiting: 9), Self.holder(2, waiting: 9)]
        #expect(Self.shares(two, places: 5) == [1: 3, 2: 2])
        #expect(
            Self.shares([Self.holder(1, waiting: 9, out: 4), Self.holder(2, waiting: 9)], places: 6) == [1: 1, 2: 5]
        )
        #expect(Self.shares([Self.holder(1, waiting: 2), Self.holder(2, waiting: 9)], places: 8) == [1: 2, 2: 6])
        #expect(Self.shares([Self.holder(1, waiting: 0), Self.holder(2, waiting: 1)], places: 8) == [2: 1])
        #expect(Self.shares(two, places: 0).isEmpty)
        #expect(Self.shares([], places: 3).isEmpty)
    }

    @Test("A higher priority has all the places it can use")
    func priorities() {
        let holders = [
            Self.holder(1, priority: 90, waiting: 3, out: 50), Self.holder(2, waiting: 9),
            Self.holder(3, waiting: 9, out: 1),
        ]
        #expect(Self.shares(holders, places: 2) == [1: 2])
        #expect(Self.shares(holders, places: 8) == [1: 3, 2: 3, 3: 2])
    }

    /// What is kept of each jobset, added up.
    private static func kept(in test: TestStore) async throws -> [[Int]] {
        // Nothing is taken, but what has changed is added up.
        let nothing = QueueTerms(maximumInFlight: 0, queueLength: 0)
        for backend in ["lab-a", "lab-b"] {
            _ = try await test.store.takeDueJobs(backend: backend, terms: nothing, limit: 0)
        }
        #expect(try await test.count("select count(*) from turn_change") == 0)
        return try await test.client.query("select waiting, out from turn order by backend, waiting, out")
            .map { try $0.decode(Int.self, Int.self) }.map { [$0.0, $0.1] }
    }

    @Test("Each step of a job's life is kept, and a jobset that has nothing left in a lab is forgotten")
    func life() async throws {
        try await TestStore.with { test in
            let first = try await test.store.acceptJobset(id: UUID(), document: try TestStore.document(jobs: 3))
            guard case .accepted = first else { throw NeverHappened(what: "an accepted jobset") }
            #expect(try await Self.kept(in: test) == [[3, 0]])
            let jobs = try await test.store.takeDueJobs(backend: "lab-a", terms: Self.terms, limit: 2).map(\.id)
            #expect(try await Self.kept(in: test) == [[1, 2]])
            try await test.submit(jobs[0], as: [1])
            #expect(try await Self.kept(in: test) == [[1, 2]])
            #expect(try await test.integers("select attempts from lab_load") == [1])
            _ = try await test.store.finishJobs(TestStore.complete([jobs[0]]))
            #expect(try await Self.kept(in: test) == [[1, 1]])
            #expect(try await test.integers("select attempts from lab_load") == [0])
            try await test.store.putBack([AnnouncedJob(id: jobs[1], backend: "lab-a")])
            #expect(try await Self.kept(in: test) == [[2, 0]])
            #expect(try await test.store.correctTurns() == 0)
            let jobset = try #require(try await test.client.query("select id from jobset").first).decode(UUID.self)
            _ = try await test.store.cancelJobset(id: jobset, reason: nil)
            #expect(try await Self.kept(in: test).isEmpty)
            #expect(try await test.count("select count(*) from turn") == 0)
            try await test.client.execute("update delivery set state = 'delivered', ended_at = now()")
            _ = try await test.store.retryJobs(of: jobset, .all)
            #expect(try await Self.kept(in: test) == [[3, 0]])
            try await test.client.execute("delete from jobset")
            #expect(try await Self.kept(in: test).isEmpty)
            #expect(try await test.store.correctTurns() == 0)
        }
    }

    @Test("Several that count at once correct what is wrong once")
    func correctionAtOnce() async throws {
        try await TestStore.with(connections: 5) { test in
            _ = try await test.accept(jobs: 4)
            for _ in 0..<5 {
                // Adds up what has changed, and takes none.
                _ = try await test.store.takeDueJobs(
                    backend: "lab-a",
                    terms: QueueTerms(maximumInFlight: 0, queueLength: 0),
                    limit: 0
                )
                try await test.client.execute("update turn set waiting = waiting + 7")
                let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<4 { group.addTask { try await test.store.correctTurns() } }
                    return try await group.reduce(0, +)
                }
                #expect(wrong == 1)
                #expect(try await test.store.correctTurns() == 0)
            }
        }
    }

    @Test("What disagrees with the rows is found, corrected and then agrees")
    func correction() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 4)
            let other = try await test.accept(jobs: 2, backend: "lab-b")
            try await test.submit(jobs[0], as: [1])
            let right = try await Self.kept(in: test)
            #expect(try await test.store.correctTurns() == 0)
            // As a restored table, or a trigger that somebody has switched off, would leave it.
            try await test.client.execute(
                "update turn set out = out + 3, waiting = waiting + 1 where backend = 'lab-a'"
            )
            try await test.client.execute("delete from turn where backend = 'lab-b'")
            try await test.client.execute("update lab_load set attempts = 7")
            #expect(try await test.store.correctTurns() == 3)
            #expect(try await test.store.correctTurns() == 0)
            #expect(try await Self.kept(in: test) == right)
            #expect(try await test.integers("select attempts from lab_load where backend = 'lab-a'") == [1])
            #expect(other.jobs.count == 2)
        }
    }

    @Test("Whatever many do at once, what is kept agrees with the rows, and no lab has more than it may")
    func together() async throws {
        try await TestStore.with(connections: 8) { test in
            for _ in 0..<4 {
                _ = try await test.store.acceptJobset(id: UUID(), document: try TestStore.document(jobs: 60))
            }
            let store = test.store
            let terms = QueueTerms(maximumInFlight: 50, queueLength: 30)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for _ in 0..<15 {
                            let jobs = try await store.takeDueJobs(backend: "lab-a", terms: terms, limit: 10).map(\.id)
                            let claims = try await store.claimJobs(
                                jobs.map { ClaimRequest(job: $0, claimant: UUID()) },
                                lease: .seconds(600),
                                maximumInFlight: 50
                            )
                            var submissions: [Submission] = []
                            for case .claimed(let attempt) in claims {
                                let labJob = SubmittedLabJob(number: attempt.jobID)
                                submissions.append(Submission(attempt: attempt.id, groups: [SubmittedGroup([labJob])]))
                            }
                            _ = try await store.recordSubmissions(submissions, terms: .usual)
                            if worker % 2 == 0 { _ = try await store.finishJobs(TestStore.complete(jobs)) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await test.count("select count(*) from attempt where state <> 'ended'") <= 50)
            #expect(try await test.store.correctTurns() == 0)
            _ = try await Self.kept(in: test)
            #expect(try await test.store.correctTurns() == 0)
        }
    }

    @Test("A change of priority counts at the next look, also for a jobset of which nothing else changes")
    func priority() async throws {
        try await TestStore.with { test in
            let low = UUID()
            for id in [UUID(), low] {
                _ = try await test.store.acceptJobset(id: id, document: try TestStore.document(jobs: 5))
            }
            _ = try await Self.kept(in: test)
            _ = try await test.store.changeJobset(id: low, JobsetChange(priority: 80))
            let taken = try await test.store.takeDueJobs(backend: "lab-a", terms: Self.terms, limit: 5).map(\.id)
            #expect(Set(taken) == Set(try await test.rows(of: low)))
        }
    }
}
