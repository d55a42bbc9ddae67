// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@testable import FleetStore

/// What a message, a caller or a row may say of a number is anything that its type can hold.
@Suite("Numbers at the edges of their types", .timeLimit(.minutes(10)))
struct ExtremeNumberTests {
    private static let numbers = [
        Int.min, Int.min + 1, Int(Int32.min) - 1, -1, 0, Int(Int32.max), Int(Int32.max) + 1, Int.max - 1, Int.max,
    ]

    @Test("A message about a row that can't be there is about nothing")
    func rows() async throws {
        try await TestStore.with { test in
            for number in Self.numbers {
                #expect(try await test.store.claimJob(id: number, terms: TestStore.terms()) == .notWaiting)
                #expect(try await test.store.labJobToFetch(id: number) == nil)
                #expect(try await test.store.finishLabJobs([FetchedLabJob(id: number)]).finished.isEmpty)
                #expect(try await test.store.finishJobs(TestStore.complete([number])).isEmpty)
                try await test.store.putBack([AnnouncedJob(id: number, backend: "lab-a")])
                try await test.store.returnToFetch([number])
            }
        }
    }

    @Test("A list goes on from any place that a caller can name")
    func places() async throws {
        try await TestStore.with { test in
            let id = try await test.accept(jobs: 1).id
            for number in Self.numbers {
                var filter = JobsetFilter(limit: 5)
                filter.after = JobsetPlace(createdMicroseconds: number, id: UUID())
                let found = try await test.store.jobsets(filter).map(\.id)
                #expect(found == (number > Int(Int32.max) + 1 ? [id] : []))
            }
        }
    }

    @Test(
        "A row's time may be infinite, and is as long as can be",
        arguments: [Double.infinity, -.infinity, .nan, 1e300, -1e300, .greatestFiniteMagnitude, 0, 1.5]
    )
    func durations(_ seconds: Double) {
        let duration = Duration(databaseSeconds: seconds)
        #expect(abs(duration.seconds) <= 3_155_760_000)
        if abs(seconds) < 1e9 { #expect(duration.seconds == seconds) }
    }
}
