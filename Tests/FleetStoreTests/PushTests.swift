// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@Suite("Pushes into a SQUAD", .timeLimit(.minutes(10)))
struct PushTests {
    private static let receiver = "https://squad.example:8443/group/project/"
    private static let lease = Duration.seconds(600)

    /// A jobset that has ended, with a push that is due.
    private static func ordered(_ test: TestStore) async throws -> UUID {
        let id = UUID()
        _ = try await test.store.acceptJobset(id: id, document: try TestStore.document(jobs: 0))
        try await test.store.addPush(.squad, of: id, generation: 1, to: receiver)
        return id
    }

    private static func claim(_ test: TestStore, lease: Duration = lease, busy: [String] = []) async throws
        -> DueDelivery?
    {
        try await test.store.claimDeliveries(limit: 10, lease: lease, busy: busy).first { $0.kind == .squad }
    }

    @Test("Asked for twice it is one, and it goes to nobody who has enough to do")
    func once() async throws {
        try await TestStore.with { test in
            let id = try await Self.ordered(test)
            try await test.store.addPush(.squad, of: id, generation: 1, to: Self.receiver)
            #expect(try await test.store.deliveries(of: id).filter { $0.kind == "squad" }.count == 1)
            #expect(try await Self.claim(test, busy: ["squad.example:8443"]) == nil)
            let push = try #require(try await Self.claim(test))
            #expect(push.receiver == Self.receiver)
            #expect(push.jobsDelivered == 0)
            #expect(push.callback == nil)
        }
    }

    @Test("It keeps its place over tries, and never moves back")
    func place() async throws {
        try await TestStore.with { test in
            _ = try await Self.ordered(test)
            let push = try #require(try await Self.claim(test))
            try await test.store.keepPlace(jobs: 7, of: push.id, lease: Self.lease)
            try await test.store.keepPlace(jobs: 3, of: push.id, lease: Self.lease)
            let failed = DeliveryTry(
                number: 1,
                startedAt: .now,
                duration: .zero,
                status: 503,
                error: "down",
                response: nil
            )
            try await test.store.recordTry(failed, of: push, next: .retry(after: .zero))
            let again = try #require(try await Self.claim(test))
            #expect(again.id == push.id)
            #expect(again.jobsDelivered == 7)
        }
    }

    @Test("Keeping its place claims it from then on; one that is over stays over")
    func renewed() async throws {
        try await TestStore.with { test in
            _ = try await Self.ordered(test)
            let push = try #require(try await Self.claim(test, lease: .zero))
            try await test.store.keepPlace(jobs: 0, of: push.id, lease: Self.lease)
            #expect(try await Self.claim(test) == nil)
            let taken = DeliveryTry(number: 1, startedAt: .now, duration: .zero, status: nil, error: nil, response: nil)
            try await test.store.recordTry(taken, of: push, next: .delivered)
            try await test.store.keepPlace(jobs: 9, of: push.id, lease: .zero)
            #expect(try await Self.claim(test) == nil)
        }
    }

    @Test("One that SQUAD does not take keeps no jobset from being sent out again")
    func retry() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .incomplete, reason: "no board")])
            let made = DeliveryTry(number: 1, startedAt: .now, duration: .zero, status: nil, error: nil, response: nil)
            for delivery in try await test.store.claimDeliveries(limit: 10, lease: Self.lease) {
                try await test.store.recordTry(made, of: delivery, next: .delivered)
            }
            try await test.store.addPush(.squad, of: id, generation: 1, to: Self.receiver)
            #expect(try await test.store.retryJobs(of: id, .failed).generation == 2)
        }
    }

    @Test("A lab job's results come page by page, each once, without LAVA's own suite")
    func pages() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            let names = (0..<5).map { "case-\($0)" }
            let own = TestStore.result("job", .pass, suite: "lava")
            let results = [own] + names.map { TestStore.result($0, .pass) }
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: row, results: results)])
            var seen: [[String]] = []
            var next: ResultPlace?
            repeat {
                let page = try await test.store.results(of: id, position: 0, labJob: 7, after: next, limit: 2)
                seen.append(page.results.map(\.name))
                next = page.next
            } while next != nil
            #expect(seen == [["case-0", "case-1"], ["case-2", "case-3"], ["case-4"]])
            let other = try await test.store.results(of: id, position: 0, labJob: 8, after: nil, limit: 2)
            #expect(other.results.isEmpty && other.next == nil)
        }
    }
}
