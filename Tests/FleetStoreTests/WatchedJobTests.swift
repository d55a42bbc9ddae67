// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Jobs that are only watched", .timeLimit(.minutes(3)))
struct WatchedJobTests {
    @Test("They are in their lab from the beginning, under any tag, and are asked for at once")
    func begin() async throws {
        try await TestStore.with { test in
            let id = try await test.watch([17])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.pending == 1)
            #expect(status.inLab == 1)
            #expect(try await test.store.takeDueJobs(backend: "lab-a", maximumInFlight: 9, limit: 9).isEmpty)
            let outstanding = try await test.store.takeOutstanding(backend: "lab-a", age: .seconds(3600), limit: 9)
            #expect(outstanding.map(\.number) == [17])
            #expect(outstanding.allSatisfy { $0.isTagged(nil) && $0.isTagged(UUID()) })
            let seen = TestStore.seen(17, tag: UUID(), health: "Complete")
            let finished = try await test.store.observeFinished([seen], backend: "lab-a")
            #expect(finished.map(\.number) == [17])
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: try #require(finished.first?.id))])
            #expect(try await test.store.jobset(id: id)?.outcomes == ["complete": 1])
        }
    }

    @Test("One that its lab fails is not tried again, neither by retries nor by hand")
    func retry() async throws {
        try await TestStore.with { test in
            let id = try await test.watch([17], retries: 3)
            let seen = TestStore.seen(17, tag: nil, health: "Incomplete")
            let row = try #require(try await test.store.observeFinished([seen], backend: "lab-a").first?.id)
            let fetched = FetchedLabJob(id: row, errorType: "Infrastructure", isInfrastructure: true)
            #expect(try await test.store.finishLabJobs([fetched]).map(\.id) == [id])
            try await test.client.execute("update delivery set state = 'delivered'")
            for selection in [RetrySelection.failed, .all] {
                await #expect(throws: NotRetriable.nothingFailed) { try await test.store.retryJobs(of: id, selection) }
            }
            await #expect(throws: NotRetriable.watched(position: 0)) {
                try await test.store.retryJobs(of: id, .jobs([0]))
            }
        }
    }

    @Test("Two jobsets may watch the same job, and both have it")
    func twice() async throws {
        try await TestStore.with { test in
            let ids = [try await test.watch([17]), try await test.watch([17, 18])]
            let seen = [17, 18].map { TestStore.seen($0, tag: nil, health: "Complete") }
            let rows = try await test.store.observeFinished(seen, backend: "lab-a")
            #expect(rows.count == 3)
            let finished = try await test.store.finishLabJobs(rows.map { FetchedLabJob(id: $0.id) })
            #expect(Set(finished.map(\.id)) == Set(ids))
        }
    }
}

extension TestStore {
    /// Accepts a jobset of jobs that lab-a has already.
    fileprivate func watch(_ numbers: [Int], retries: Int = 0) async throws -> UUID {
        let id = UUID()
        let document = JobsetDocument(
            build: try #require(Build("/g/p/1")),
            jobs: numbers.map { JobEntry(environment: "e", backend: "lab-a", definition: "", labJob: $0) },
            retries: retries
        )
        _ = try await store.acceptJobset(id: id, document: document)
        return id
    }
}
