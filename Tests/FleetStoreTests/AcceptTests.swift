// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Acceptance", .timeLimit(.minutes(3)))
struct AcceptTests {
    @Test("A new jobset is stored whole and announces its jobs in their order")
    func new() async throws {
        try await TestStore.with { test in
            let id = UUID()
            let document = try TestStore.document(jobs: 5, labels: ["branch": "main"])
            let acceptance = try await test.store.acceptJobset(id: id, document: document)
            guard case .accepted(true, let announced, nil) = acceptance else {
                throw Unexpected(what: "a new jobset, found \(acceptance)")
            }
            let jobs = try await test.store.jobs(of: id)
            #expect(announced == jobs.map { AnnouncedJob(id: $0.id, backend: "lab-a") })
            #expect(jobs.map(\.position) == Array(0..<5))
            #expect(jobs.map(\.environment) == document.jobs.map(\.environment))
            #expect(jobs.allSatisfy { $0.state == .waiting })
            let definition = try await test.claim(jobs[4].id).definition
            #expect(definition == "job_name: job-4")
        }
    }

    @Test("The same document again announces only the jobs that still wait and that nobody has begun")
    func again() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 5)
            try await test.submit(jobs[0], as: [1])
            _ = try await test.claim(jobs[1])
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[2], outcome: .rejected, reason: "no")])
            try await test.client.execute("update job set resume_at = now() + interval '1 h' where id = \(jobs[3])")

            let again = try await test.store.acceptJobset(id: id, document: try TestStore.document(jobs: 5))
            let left = [AnnouncedJob(id: jobs[4], backend: "lab-a")]
            #expect(again == .accepted(isNew: false, jobs: left, finished: nil))
            #expect(try await test.store.jobset(id: id)?.total == 5)
            #expect(try await test.count("select count(*) from job") == 5)
        }
    }

    @Test("The same document after its end announces no job, but the end")
    func afterTheEnd() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            let finished = try await test.store.finishJobs(TestStore.complete(jobs))
            let again = try await test.store.acceptJobset(id: id, document: try TestStore.document(jobs: 2))
            #expect(again == .accepted(isNew: false, jobs: [], finished: finished.first))
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
            #expect(new == .accepted(isNew: true, jobs: [], finished: finished))
            let again = try await test.store.acceptJobset(id: id, document: document)
            #expect(again == .accepted(isNew: false, jobs: [], finished: finished))
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
            #expect(try await test.store.deliveries(of: id).map(\.kind) == [.report])
        }
    }

    @Test("Of eight copies taken in at once one is new and all announce the same jobs")
    func copies() async throws {
        try await TestStore.with(connections: 8, attempts: 1) { test in
            let id = UUID()
            let document = try TestStore.document(jobs: 50)
            let store = test.store
            let all = try await withThrowingTaskGroup(of: Acceptance.self) { group in
                for _ in 0..<8 { group.addTask { try await store.acceptJobset(id: id, document: document) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            var fresh = 0
            var announced: Set<[AnnouncedJob]> = []
            for case .accepted(let isNew, let jobs, nil) in all {
                fresh += isNew ? 1 : 0
                announced.insert(jobs)
            }
            #expect(fresh == 1)
            #expect(announced.count == 1)
            #expect(announced.first?.count == 50)
            #expect(try await test.count("select count(*) from job") == 50)
        }
    }
}
