// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// What happens is noted in the transaction in which it happens, for those who publish it.
@Suite("Events that are noted", .timeLimit(.minutes(10)))
struct EventNoteTests {
    private static func types(_ test: TestStore, _ jobset: UUID) async throws -> [String] {
        try await test.store.unpublishedEvents(limit: 1_000).filter { $0.jobsetID == jobset }.map { event in
            event.type.rawValue + (event.position.map { " \($0)" } ?? "")
        }
    }

    /// Has everything happen to a jobset of two jobs that can.
    private static func live(in test: TestStore) async throws -> UUID {
        let id = UUID()
        let plain = try TestStore.document(jobs: 2, labels: ["branch": "main"])
        let document = JobsetDocument(
            build: plain.build,
            callback: plain.callback,
            jobs: plain.jobs,
            labels: plain.labels,
            isOpen: true
        )
        _ = try await test.store.acceptJobset(id: id, document: document)
        try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
        let jobs = try await test.rows(of: id)
        try await test.submit(jobs[0], as: [7])
        let row = try await test.integers("select id from lab_job where number = 7")[0]
        for state in ["Scheduled", "Running", "Running"] {
            let look = LabJobLook(id: row, labState: state, role: nil, submitTime: nil, startTime: nil)
            try await test.store.recordLooks([look])
        }
        let tests = TestCounts(pass: 3, fail: 1, xfail: 2, skip: 0, unknown: 0)
        let end = JobEnd(jobID: jobs[0], outcome: .incomplete, reason: "no board", tests: tests)
        _ = try await test.store.finishJobs([end])
        _ = try await test.store.finishJobs([end])
        _ = try await test.store.sealJobset(id: id)
        _ = try await test.store.cancelJobset(id: id, reason: "enough")
        try await test.client.execute("update delivery set state = 'delivered'")
        _ = try await test.store.retryJobs(of: id, .all)
        return id
    }

    @Test("All that happens to a jobset and its jobs is noted once, in its order, with what it was then")
    func life() async throws {
        try await TestStore.with(hasEvents: true) { test in
            let id = try await Self.live(in: test)
            #expect(
                try await Self.types(test, id) == [
                    "jobset.accepted", "job.submitted 0", "job.running 0", "job.finished 0", "jobset.sealed",
                    "jobset.canceled", "job.finished 1", "jobset.finished", "jobset.retried",
                ]
            )
            let events = try await test.store.unpublishedEvents(limit: 1_000)
            #expect(Set(events.map(\.eventID)).count == events.count)
            #expect(events.map(\.generation) == [1, 1, 1, 1, 1, 1, 1, 1, 2])
            #expect(
                events.allSatisfy { $0.build?.description == "/group/project/v1" && $0.labels == ["branch": "main"] }
            )
            let accepted = events[0].data
            #expect(accepted.total == 2 && accepted.pending == 2 && accepted.isSealed == false)
            let (submitted, running, finished) = (events[1], events[2], events[3])
            #expect(submitted.data.attempt == 1 && submitted.environment == "env-0" && submitted.backend == "lab-a")
            #expect(running.data.labJob == 7 && running.data.attempt == 1)
            #expect(finished.data.outcome == .incomplete && finished.data.reason == "no board")
            #expect(finished.data.tests == TestCounts(pass: 3, fail: 1, xfail: 2, skip: 0, unknown: 0))
            #expect(events[5].data.canceledReason == "enough")
            #expect(events[7].data.verdict == .canceled && events[7].data.pending == 0)
            #expect(events[8].data.verdict == nil && events[8].data.pending == 2)
        }
    }

    @Test("A session that does not ask for it notes nothing, and no step reads or writes a page for it")
    func off() async throws {
        try await TestStore.with(connections: 1) { test in
            let reading = PagesRead(client: test.client, schema: test.name)
            let (_, pages) = try await reading.count { try await Self.live(in: test) }
            #expect(pages.contains { $0.name == "jobset" })
            #expect(!pages.contains { ["event", "event_pkey", "lease", "lease_pkey"].contains($0.name) })
            #expect(try await test.count("select count(*) from event") == 0)
        }
    }

    @Test("What is rolled back was never noted")
    func rolledBack() async throws {
        try await TestStore.with(hasEvents: true) { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            await #expect(throws: NeverHappened.self) {
                try await test.client.withTransaction { sql in
                    try sql.execute("update job set state = 'finished', outcome = 'lost' where id = \(jobs[0])")
                    throw NeverHappened(what: "a commit")
                }
            }
            #expect(try await Self.types(test, id) == ["jobset.accepted"])
        }
    }

    @Test("Jobs that end at once are all noted before the end of their jobset, each after its submission")
    func together() async throws {
        try await TestStore.with(connections: 8, hasEvents: true) { test in
            let (id, jobs) = try await test.accept(jobs: 40)
            let numbers = Array(jobs.enumerated())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<8 {
                    group.addTask {
                        for (index, job) in numbers where index % 8 == part {
                            try await test.submit(job, as: [100 + index])
                            _ = try await test.store.finishJobs(TestStore.complete([job]))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let types = try await Self.types(test, id)
            #expect(types.first == "jobset.accepted" && types.last == "jobset.finished" && types.count == 82)
            for position in 0..<40 {
                let submitted = try #require(types.firstIndex(of: "job.submitted \(position)"))
                let finished = try #require(types.firstIndex(of: "job.finished \(position)"))
                #expect(submitted < finished)
            }
        }
    }

    @Test("Of a group of lab jobs the first that runs is told of")
    func multinode() async throws {
        try await TestStore.with(hasEvents: true) { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7, 8])
            let rows = try await test.integers("select id from lab_job order by number")
            for row in rows {
                let look = LabJobLook(id: row, labState: "Running", role: nil, submitTime: nil, startTime: nil)
                try await test.store.recordLooks([look])
            }
            #expect(try await Self.types(test, id) == ["jobset.accepted", "job.submitted 0", "job.running 0"])
        }
    }

    @Test("The oldest beyond a number are dropped, and what is published is gone")
    func bounded() async throws {
        try await TestStore.with(hasEvents: true) { test in
            for _ in 0..<5 { _ = try await test.accept(jobs: 1) }
            let events = try await test.store.unpublishedEvents(limit: 100)
            #expect(try await test.store.eventBacklog().count == 5)
            #expect(try await test.store.dropEvents(beyond: 5) == 0)
            #expect(try await test.store.dropEvents(beyond: 3) == 2)
            #expect(try await test.store.unpublishedEvents(limit: 100).map(\.id) == events.map(\.id).suffix(3))
            try await test.store.removeEvents(events.map(\.id))
            #expect(try await test.store.eventBacklog() == EventBacklog(count: 0, oldestSeconds: 0))
        }
    }

    @Test("One holds a lease, until it gives it back or is gone for long")
    func lease() async throws {
        try await TestStore.with { test in
            let (one, other) = (UUID(), UUID())
            let store = test.store
            #expect(try await store.holdLease(.events, holder: one, for: .seconds(60)))
            #expect(try await store.holdLease(.events, holder: one, for: .seconds(60)))
            #expect(try await !store.holdLease(.events, holder: other, for: .seconds(60)))
            try await store.releaseLease(.events, holder: other)
            #expect(try await !store.holdLease(.events, holder: other, for: .seconds(60)))
            try await store.releaseLease(.events, holder: one)
            #expect(try await store.holdLease(.events, holder: other, for: .seconds(60)))
            try await test.client.execute("update lease set expires_at = now() - interval '1 s'")
            #expect(try await store.holdLease(.events, holder: one, for: .seconds(60)))
        }
    }
}
