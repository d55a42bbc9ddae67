// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Open jobsets", .timeLimit(.minutes(10)))
struct OpenJobsetTests {
    @Test("An open jobset does not finish at zero, and does when it is sealed")
    func seal() async throws {
        try await TestStore.with { test in
            let id = try await test.open(jobs: 2)
            #expect(try await test.store.finishJobs(TestStore.complete(test.rows(of: id))).isEmpty)
            #expect(try await test.store.jobset(id: id)?.state == .running)
            #expect(try await test.store.finishMissed().finished.isEmpty)
            let sealing = try await test.store.sealJobset(id: id)
            let sealed = await sealing.done
            #expect(!sealed.wasSealed && sealed.isFinished)
            #expect(sealed.total == 2)
            #expect(sealing.finished == [FinishedJobset(id: id, generation: 1)])
            await #expect(throws: FleetRefusal.alreadyFinished(verdict: .passed)) {
                try await test.store.sealJobset(id: id)
            }
            let absent = UUID()
            await #expect(throws: FleetRefusal.noSuchJobset(id: absent.text)) {
                try await test.store.sealJobset(id: absent)
            }
        }
    }

    @Test("An open jobset without any job finishes when it is sealed")
    func sealEmpty() async throws {
        try await TestStore.with { test in
            let id = try await test.open(jobs: 0)
            #expect(try await test.store.jobset(id: id)?.state == .running)
            #expect(try await test.store.sealJobset(id: id).finished.map(\.id) == [id])
            #expect(try await test.store.jobset(id: id)?.verdict == .passed)
        }
    }

    @Test("Added jobs are counted when they are stored, behind those that are there, and once")
    func add() async throws {
        try await TestStore.with { test in
            let id = try await test.open(jobs: 2)
            let addition = TestStore.addition(to: id, jobs: 3)
            let name = UUID()
            let first = try await test.store.addJobs(id: name, addition: addition)
            #expect(first == .accepted(isNew: true, total: 5, isSealed: false, finished: nil))
            let again = try await test.store.addJobs(id: name, addition: addition)
            #expect(again == .accepted(isNew: false, total: 5, isSealed: false, finished: nil))
            let other = TestStore.addition(to: id, jobs: 1)
            #expect(try await test.store.addJobs(id: name, addition: other) == .conflict)
            #expect(try await test.store.additions(of: id) == [name])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.total == 5)
            #expect(status.pending == 5)
            #expect(try await test.store.jobs(of: id).map(\.position) == Array(0..<5))
            #expect(try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 9, limit: 9).count == 5)
        }
    }

    @Test("The last addition seals: at zero it is the end, and a repeat of it tells so")
    func lastAddition() async throws {
        try await TestStore.with { test in
            let id = try await test.open(jobs: 1)
            _ = try await test.store.finishJobs(TestStore.complete(test.rows(of: id)))
            let seal = JobsetAddition(jobsetID: id, jobs: [], seals: true)
            let finished = FinishedJobset(id: id, generation: 1)
            let name = UUID()
            let first = try await test.store.addJobs(id: name, addition: seal)
            #expect(first == .accepted(isNew: true, total: 1, isSealed: true, finished: finished))
            let again = try await test.store.addJobs(id: name, addition: seal)
            #expect(again == .accepted(isNew: false, total: 1, isSealed: true, finished: finished))
            #expect(try await test.store.deliveries(of: id).count == 2)
        }
    }

    @Test("Adding to a jobset that is sealed, finished or not there is refused with the reason")
    func refused() async throws {
        try await TestStore.with { test in
            let id = try await test.open(jobs: 1)
            _ = try await test.store.sealJobset(id: id)
            let late = TestStore.addition(to: id, jobs: 1)
            #expect(try await test.store.addJobs(id: UUID(), addition: late) == .refused(.sealed(reason: nil)))
            _ = try await test.store.finishJobs(TestStore.complete(test.rows(of: id)))
            #expect(try await test.store.addJobs(id: UUID(), addition: late) == .refused(.finished(.passed)))
            let nowhere = TestStore.addition(to: UUID(), jobs: 1)
            #expect(try await test.store.addJobs(id: UUID(), addition: nowhere) == .refused(.notFound))
            #expect(try await test.store.jobset(id: id)?.total == 1)
        }
    }

    @Test("A declared total seals in whatever order the additions come, and is not exceeded")
    func declaredTotal() async throws {
        try await TestStore.with { test in
            let id = try await test.open(jobs: 1)
            let two = TestStore.addition(to: id, jobs: 2, total: 6)
            #expect(
                try await test.store.addJobs(id: UUID(), addition: two)
                    == .accepted(isNew: true, total: 3, isSealed: false, finished: nil)
            )
            let four = TestStore.addition(to: id, jobs: 4)
            #expect(
                try await test.store.addJobs(id: UUID(), addition: four)
                    == .refused(.beyondTotal(declared: 6, would: 7))
            )
            let other = TestStore.addition(to: id, jobs: 1, total: 5)
            #expect(
                try await test.store.addJobs(id: UUID(), addition: other)
                    == .refused(.otherTotal(declared: 5, known: 6))
            )
            let three = TestStore.addition(to: id, jobs: 3)
            #expect(
                try await test.store.addJobs(id: UUID(), addition: three)
                    == .accepted(isNew: true, total: 6, isSealed: true, finished: nil)
            )
        }
    }

    @Test("Twenty additions at once are each counted, whatever finishes meanwhile, and the end comes once")
    func together() async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let id = try await test.open(jobs: 0, total: 100)
            let store = test.store
            let finished = try await withThrowingTaskGroup(of: [FinishedJobset].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let addition = TestStore.addition(to: id, jobs: 5)
                        guard
                            case .accepted(true, _, _, let end) = try await store.addJobs(
                                id: UUID(),
                                addition: addition
                            )
                        else { throw NeverHappened(what: "an addition that is taken") }
                        return end.map { [$0] } ?? []
                    }
                }
                for _ in 0..<4 {
                    group.addTask {
                        var ended: [FinishedJobset] = []
                        for _ in 0..<15 {
                            ended += try await store.finishJobs(TestStore.complete(try await test.unfinished(of: id)))
                        }
                        return ended
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let rest = try await store.finishJobs(TestStore.complete(try await test.unfinished(of: id)))
            #expect(finished + rest == [FinishedJobset(id: id, generation: 1)])
            #expect(try await store.jobset(id: id)?.outcomes == ["complete": 100])
            #expect(try await test.integers("select position::bigint from job order by position") == Array(0..<100))
            #expect(try await store.counterMismatches(limit: 1).isEmpty)
        }
    }

    @Test("An open jobset left alone is sealed by the sweep, which its report will say; others are left")
    func forgotten() async throws {
        try await TestStore.with { test in
            let empty = try await test.open(jobs: 0)
            let full = try await test.open(jobs: 1)
            let fresh = try await test.open(jobs: 1)
            try await test.client.execute(
                "update jobset set added_at = now() - interval '2 h' where id = any(\([empty, full]))"
            )
            let swept = try await test.store.sealForgotten(after: .seconds(3600), batch: 10)
            #expect(Set(await swept.done) == [empty, full])
            #expect(swept.finished.map(\.id) == [empty])
            #expect(try await test.store.jobset(id: fresh)?.isSealed == false)
            let status = try #require(try await test.store.jobset(id: full))
            #expect(status.isSealed)
            #expect(status.sealedReason == "left open: nothing was added for 3600 s")
            let late = TestStore.addition(to: full, jobs: 1)
            #expect(
                try await test.store.addJobs(id: UUID(), addition: late)
                    == .refused(.sealed(reason: "left open: nothing was added for 3600 s"))
            )
            #expect(try await test.store.sealForgotten(after: .seconds(3600), batch: 10).done.isEmpty)
        }
    }

    @Test("A canceled jobset takes no more jobs, and one with nothing left ends at once")
    func canceled() async throws {
        try await TestStore.with { test in
            let id = try await test.open(jobs: 1)
            _ = try await test.store.finishJobs(TestStore.complete(test.rows(of: id)))
            let canceled = try await test.store.cancelJobset(id: id, reason: "enough")
            #expect(canceled.finished.map(\.id) == [id])
            // All that it had was complete, but it was not to be all.
            #expect(try await test.store.jobset(id: id)?.verdict == .canceled)
        }
    }
}

extension TestStore {
    /// An open jobset, whose jobs have no message yet.
    func open(jobs: Int, total: Int? = nil) async throws -> UUID {
        let id = UUID()
        let plain = try Self.document(jobs: jobs)
        let document = JobsetDocument(
            build: plain.build,
            callback: plain.callback,
            jobs: plain.jobs,
            isOpen: true,
            declaredTotal: total
        )
        let acceptance = try await store.acceptJobset(id: id, document: document)
        guard acceptance == .accepted(isNew: true, total: jobs, finished: nil) else {
            throw NeverHappened(what: "an open jobset, found \(acceptance)")
        }
        return id
    }

    static func addition(to jobset: UUID, jobs: Int, total: Int? = nil) -> JobsetAddition {
        JobsetAddition(
            jobsetID: jobset,
            jobs: (0..<jobs).map { JobEntry(environment: "e\($0)", backend: "lab-a", definition: "a: \($0)") },
            declaredTotal: total
        )
    }

    func unfinished(of jobset: UUID) async throws -> [Int] {
        try await integers("select id from job where jobset_id = \(jobset) and state <> 'finished' order by id")
    }
}
