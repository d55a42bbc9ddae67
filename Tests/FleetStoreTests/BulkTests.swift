// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Many jobsets at once: which they are", .timeLimit(.minutes(10)))
struct BulkTests {
    /// A jobset of three jobs: in `board` and `desk` of lab-a, and in `board` of lab-b.
    private static func accept(_ build: String, labels: [String: String] = [:], in test: TestStore) async throws -> UUID
    {
        let id = UUID()
        let places = [("board", "lab-a"), ("desk", "lab-a"), ("board", "lab-b")]
        let document = JobsetDocument(
            build: try #require(Build(build)),
            jobs: places.map { JobEntry(environment: $0, backend: $1, definition: "a: 1") },
            labels: labels
        )
        guard case .accepted = try await test.store.acceptJobset(id: id, document: document) else {
            throw NeverHappened(what: "a jobset")
        }
        return id
    }

    private static func end(_ id: UUID, _ reasons: [String?], in test: TestStore) async throws {
        let jobs = try await test.rows(of: id)
        _ = try await test.store.finishJobs(
            zip(jobs, reasons).map {
                JobEnd(jobID: $0, outcome: $1 == nil ? .complete : .incomplete, reason: $1)
            }
        )
        try await test.client.execute("update delivery set state = 'delivered' where jobset_id = \(id)")
    }

    private static func found(_ request: BulkRequest, in test: TestStore) async throws -> [UUID: Int] {
        let found = try await test.store.candidates(for: request)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0.number) })
    }

    private static func filter(_ change: (inout JobsetFilter) -> Void = { _ in }) -> JobsetFilter {
        var filter = JobsetFilter(limit: 10)
        change(&filter)
        return filter
    }

    @Test("What runs is canceled: whole, or only the jobs of an environment, of a lab, or that fail to be submitted")
    func cancel() async throws {
        try await TestStore.with { test in
            let one = try await Self.accept("/g/p/1", labels: ["branch": "topic"], in: test)
            let other = try await Self.accept("/g/q/1", in: test)
            let ended = try await Self.accept("/g/p/2", in: test)
            try await Self.end(ended, [nil, nil, nil], in: test)
            #expect(try await Self.found(BulkRequest(.cancel, Self.filter()), in: test) == [one: 3, other: 3])
            let labeled = Self.filter { $0.labels = ["branch": "topic"] }
            #expect(try await Self.found(BulkRequest(.cancel, labeled), in: test) == [one: 3])
            let boards = Self.filter { $0.environment = "board" }
            #expect(try await Self.found(BulkRequest(.cancel, boards), in: test) == [one: 2, other: 2])
            let lab = Self.filter {
                $0.backend = "lab-b"
                $0.project = "q"
            }
            #expect(try await Self.found(BulkRequest(.cancel, lab), in: test) == [other: 1])
            let job = try await test.rows(of: one)[1]
            _ = try await test.claim(job)
            try await test.client.execute("update attempt set last_error = 'No such Device'")
            let failing = BulkRequest(.cancel, Self.filter(), reason: "such device")
            #expect(try await Self.found(failing, in: test) == [one: 1])

            let jobs = try #require(BulkRequest(.cancel, boards).jobs)
            let canceled = try await test.store.cancelJobs(of: one, matching: jobs, reason: "no board")
            #expect(canceled.finished.isEmpty)
            #expect(try await test.store.jobs(of: one).map(\.state) == [.finished, .waiting, .finished])
            #expect(try await Self.found(BulkRequest(.cancel, boards), in: test) == [other: 2])
            _ = try await test.store.cancelJobset(id: other, reason: nil)
            #expect(try await Self.found(BulkRequest(.cancel, boards), in: test).isEmpty)
        }
    }

    @Test("Of what has finished the failed jobs are sent out again, all of them or those that match")
    func retry() async throws {
        try await TestStore.with { test in
            let one = try await Self.accept("/g/p/1", in: test)
            try await Self.end(one, ["No power", nil, "no image"], in: test)
            let other = try await Self.accept("/g/p/2", in: test)
            try await Self.end(other, [nil, "no POWER at all", nil], in: test)
            let passed = try await Self.accept("/g/p/3", in: test)
            try await Self.end(passed, [nil, nil, nil], in: test)
            _ = try await Self.accept("/g/p/4", in: test)
            #expect(try await Self.found(BulkRequest(.retry, Self.filter()), in: test) == [one: 2, other: 1])
            let power = BulkRequest(.retry, Self.filter(), reason: "no power")
            #expect(try await Self.found(power, in: test) == [one: 1, other: 1])
            let board = BulkRequest(.retry, Self.filter { $0.environment = "board" }, reason: "no power")
            #expect(try await Self.found(board, in: test) == [one: 1])
            let retrial = try await test.store.retryFailedJobs(of: one, try #require(board.jobs))
            #expect(retrial.generation == 2 && retrial.jobs == 1)
            #expect(try await test.store.jobs(of: one).map(\.state) == [.waiting, .finished, .finished])
            #expect(try await Self.found(BulkRequest(.retry, Self.filter()), in: test) == [other: 1])
            #expect(try await test.store.refusalOfRetry(of: one) == .stillRunning(jobset: one.text, pending: 1))
            #expect(try await test.store.refusalOfRetry(of: other) == nil)
        }
    }

    @Test("Deliveries that were given up are made again, all of a jobset or those that failed so")
    func redeliver() async throws {
        try await TestStore.with { test in
            let id = try await Self.accept("/g/p/1", in: test)
            try await Self.end(id, [nil, nil, nil], in: test)
            let other = try await Self.accept("/g/p/2", in: test)
            try await Self.end(other, [nil, nil, nil], in: test)
            #expect(try await Self.found(BulkRequest(.redeliver, Self.filter()), in: test).isEmpty)
            try await test.client.execute("update delivery set state = 'failed', last_error = 'HTTP 503: Away'")
            #expect(try await Self.found(BulkRequest(.redeliver, Self.filter()), in: test) == [id: 1, other: 1])
            #expect(try await Self.found(BulkRequest(.redeliver, Self.filter(), reason: "404"), in: test).isEmpty)
            let away = BulkRequest(.redeliver, Self.filter { $0.version = "1" }, reason: "away")
            #expect(try await Self.found(away, in: test) == [id: 1])
            #expect(try await test.store.redeliver(.failed(ofJobset: id, reason: "404")).isEmpty)
            #expect(try await test.store.redeliver(.failed(ofJobset: id, reason: "away")).count == 1)
            #expect(try await Self.found(BulkRequest(.redeliver, Self.filter()), in: test) == [other: 1])
        }
    }

    @Test("What is beyond the limit, and what others may change, is counted and left alone")
    func counts() async throws {
        try await TestStore.with { test in
            var ids: [UUID] = []
            for number in 1...5 { ids.append(try await Self.accept("/g/p/\(number)", in: test)) }
            _ = try await Self.accept("/other/p/1", in: test)
            var request = BulkRequest(.cancel, Self.filter { $0.limit = 2 }, visible: [.all])
            request.filter.scopes = [.group("g")]
            let first = try await test.store.candidates(for: request)
            #expect(first.map(\.id) == [ids[4], ids[3]])
            #expect(try await test.store.count(of: request, after: first.last?.place) == 3)
            #expect(try await test.store.countForbidden(to: request) == 1)
            request.filter.after = first.last?.place
            #expect(try await test.store.candidates(for: request).map(\.id) == [ids[2], ids[1]])
            request.filter.scopes = []
            #expect(try await test.store.candidates(for: request).isEmpty)
            #expect(try await test.store.countForbidden(to: request) == 6)
        }
    }
}
