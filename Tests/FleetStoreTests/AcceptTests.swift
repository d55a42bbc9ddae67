// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Acceptance", .timeLimit(.minutes(10)))
struct AcceptTests {
    @Test("A new jobset is stored whole, and its jobs are due in their order")
    func new() async throws {
        try await TestStore.with { test in
            let id = UUID()
            let document = try TestStore.document(jobs: 5, labels: ["branch": "main"])
            let acceptance = try await test.store.acceptJobset(id: id, document: document)
            #expect(acceptance == .accepted(isNew: true, total: 5, finished: nil))
            let jobs = try await test.store.jobs(of: id)
            #expect(jobs.map(\.position) == Array(0..<5))
            #expect(jobs.map(\.environment) == document.jobs.map(\.environment))
            #expect(jobs.allSatisfy { $0.state == .waiting })
            let due = try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 3, limit: 10)
            #expect(Set(due.map(\.id)) == Set(jobs.prefix(3).map(\.id)))
            let definition = try await test.claim(jobs[4].id).definition
            #expect(definition == "job_name: job-4")
        }
    }

    @Test("The same document again changes nothing")
    func again() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 5)
            try await test.submit(jobs[0], as: [1])
            let before = try await test.store.jobs(of: id)
            let again = try await test.store.acceptJobset(id: id, document: try TestStore.document(jobs: 5))
            #expect(again == .accepted(isNew: false, total: 5, finished: nil))
            #expect(try await test.store.jobs(of: id) == before)
            #expect(try await test.count("select count(*) from job") == 5)
        }
    }

    @Test("The same document after its end tells the end")
    func afterTheEnd() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            let finished = try await test.store.finishJobs(TestStore.complete(jobs))
            let again = try await test.store.acceptJobset(id: id, document: try TestStore.document(jobs: 2))
            #expect(again == .accepted(isNew: false, total: 2, finished: finished.first))
        }
    }

    @Test("Another document under the same id is a conflict and changes nothing")
    func conflict() async throws {
        try await TestStore.with { test in
            let (id, _) = try await test.accept(jobs: 2)
            let before = try await test.store.jobset(id: id)
            let other = try TestStore.document(jobs: 3)
            #expect(try await test.store.acceptJobset(id: id, document: other) == .conflict)
            #expect(try await test.store.jobset(id: id) == before)
        }
    }

    @Test("An empty jobset ends where it begins, with its deliveries")
    func empty() async throws {
        try await TestStore.with { test in
            let id = UUID()
            let document = try TestStore.document(jobs: 0)
            let finished = FinishedJobset(id: id, generation: 1)
            let new = try await test.store.acceptJobset(id: id, document: document)
            #expect(new == .accepted(isNew: true, total: 0, finished: finished))
            let again = try await test.store.acceptJobset(id: id, document: document)
            #expect(again == .accepted(isNew: false, total: 0, finished: finished))
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.verdict == .passed)
            #expect(status.total == 0)
            #expect(try await test.store.deliveries(of: id).count == 2)
        }
    }

    @Test("Without a callback only the report is delivered")
    func withoutCallback() async throws {
        try await TestStore.with { test in
            let id = UUID()
            let document = try TestStore.document(jobs: 0, callback: nil)
            _ = try await test.store.acceptJobset(id: id, document: document)
            #expect(try await test.store.deliveries(of: id).map(\.kind) == ["report"])
        }
    }

    @Test("Of eight copies taken in at once one is new")
    func copies() async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let id = UUID()
            let document = try TestStore.document(jobs: 50)
            let store = test.store
            let all = try await withThrowingTaskGroup(of: Acceptance.self) { group in
                for _ in 0..<8 { group.addTask { try await store.acceptJobset(id: id, document: document) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(all.count { $0 == .accepted(isNew: true, total: 50, finished: nil) } == 1)
            #expect(all.count { $0 == .accepted(isNew: false, total: 50, finished: nil) } == 7)
            #expect(try await test.count("select count(*) from job") == 50)
        }
    }
}
