// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Questions", .timeLimit(.minutes(10)))
struct QuestionTests {
    @Test("What never was has no status, no jobs, no results and no deliveries")
    func nothing() async throws {
        try await TestStore.with { test in
            let status = try await test.store.jobset(id: UUID())
            #expect(status == nil)
            let jobs = try await test.store.jobs(of: UUID())
            #expect(jobs.isEmpty)
            let results = try await test.store.results(of: UUID(), ResultFilter())
            #expect(results.isEmpty)
            let deliveries = try await test.store.deliveries(of: UUID())
            #expect(deliveries.isEmpty)
            let jobsets = try await test.store.jobsets(JobsetFilter())
            #expect(jobsets.isEmpty)
        }
    }

    @Test("A jobset says how many of its jobs are where, and how the others ended")
    func status() async throws {
        try await TestStore.with { test in
            let id = UUID()
            let document = try TestStore.document(jobs: 6, labels: ["branch": "main"])
            _ = try await test.store.acceptJobset(id: id, document: document)
            let jobs = try await test.store.jobs(of: id).map(\.id)
            try await test.submit(jobs[0], as: [1])
            _ = try await test.claim(jobs[1])
            let tests = TestCounts(pass: 4, fail: 3, skip: 2, unknown: 1)
            _ = try await test.store.finishJobs([
                JobEnd(jobID: jobs[3], outcome: .complete, reason: nil, tests: tests),
                JobEnd(jobID: jobs[4], outcome: .complete, reason: nil, tests: tests),
                JobEnd(jobID: jobs[5], outcome: .rejected, reason: "no"),
            ])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.build == "/group/project/v1")
            #expect(status.state == .running)
            #expect(status.verdict == nil)
            #expect(status.finishedAt == nil)
            #expect(status.generation == 1)
            #expect(status.total == 6)
            #expect(status.pending == 3)
            #expect(status.waiting == 2)
            #expect(status.inLab == 1)
            #expect(status.outcomes == ["complete": 2, "rejected": 1])
            #expect(status.tests == TestCounts(pass: 8, fail: 6, skip: 4, unknown: 2))
            #expect(status.callbackURL?.reveal == "http://receiver.example:8080/done")
            #expect(status.labels == ["branch": "main"])
        }
    }

    @Test("Jobsets are listed latest first, by group, project and state, up to a limit")
    func list() async throws {
        try await TestStore.with { test in
            var ids: [UUID] = []
            for (build, jobs) in [("/a/x/1", 1), ("/a/y/1", 0), ("/b/x/1", 1), ("/b/x/2", 0)] {
                let id = UUID()
                let document = try TestStore.document(jobs: jobs, build: build)
                _ = try await test.store.acceptJobset(id: id, document: document)
                ids.append(id)
            }
            func listed(_ filter: JobsetFilter) async throws -> [Int?] {
                try await test.store.jobsets(filter).map { status in ids.firstIndex(of: status.id) }
            }
            #expect(try await listed(JobsetFilter()) == [3, 2, 1, 0])
            #expect(try await listed(JobsetFilter(limit: 2)) == [3, 2])
            #expect(try await listed(JobsetFilter(group: "a")) == [1, 0])
            #expect(try await listed(JobsetFilter(project: "x")) == [3, 2, 0])
            #expect(try await listed(JobsetFilter(group: "b", project: "x", state: .running)) == [2])
            #expect(try await listed(JobsetFilter(state: .finished)) == [3, 1])
            #expect(try await listed(JobsetFilter(group: "c")).isEmpty)
        }
    }

    @Test("Jobs are listed in their order, page by page, with what the lab made of them")
    func jobs() async throws {
        try await TestStore.with { test in
            let (id, rows) = try await test.accept(jobs: 5)
            try await test.submit(rows[2], as: [40, 39])
            let page = try await test.store.jobs(of: id, from: 1, limit: 2)
            #expect(page.map(\.id) == [rows[1], rows[2]])
            #expect(page.map(\.position) == [1, 2])
            #expect(page.map(\.state) == [.waiting, .submitted])
            #expect(page.map(\.attempts) == [0, 1])
            #expect(page[0].labJobs.isEmpty)
            #expect(page[1].labJobs.map(\.number) == [39, 40])
            #expect(page[1].labJobs.allSatisfy { $0.health == nil && $0.endTime == nil })
        }
    }

    @Test("Results are listed by job and in the lab's order, and can be asked for by place and status")
    func results() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            let second = try await test.endInLab(jobs[1], [9: "Complete"])[0]
            let first = try await test.endInLab(jobs[0], [8: "Complete"])[0]
            let measured = ResultRow(
                suite: "speed",
                suiteNumber: 77,
                name: "b/read",
                status: .pass,
                measurement: "12345678901234567890.0000000001",
                units: "MB/s",
                startLogLine: 12,
                endLogLine: 14
            )
            _ = try await test.store.finishLabJobs([
                FetchedLabJob(id: second, results: [TestStore.result("z", .fail), TestStore.result("a", .skip)]),
                FetchedLabJob(id: first, results: [measured, TestStore.result("job", .pass, suite: "lava")]),
            ])
            let all = try await test.store.results(of: id, ResultFilter())
            #expect(all.map(\.name) == ["b/read", "z", "a"])
            #expect(all.map(\.position) == [0, 1, 1])
            #expect(all.map(\.labJob) == [8, 9, 9])
            #expect(all[0].suite == "speed")
            #expect(all[0].suiteNumber == 77)
            #expect(all[0].measurement == "12345678901234567890.0000000001")
            #expect(all[0].units == "MB/s")
            #expect(all[0].startLogLine == 12)
            #expect(all[1].measurement == nil)

            let ofSecond = try await test.store.results(of: id, ResultFilter(position: 1))
            #expect(ofSecond.map(\.name) == ["z", "a"])
            #expect(try await test.store.results(of: id, ResultFilter(status: .fail)).map(\.name) == ["z"])
            #expect(try await test.store.results(of: id, ResultFilter(limit: 1)).count == 1)
            let withLava = try await test.store.results(of: id, ResultFilter(position: 0, includesLavaSuite: true))
            #expect(withLava.map(\.name) == ["b/read", "job"])
        }
    }
}
