// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@Suite("What a jobset waits for", .timeLimit(.minutes(10)))
struct LabWaitTests {
    private static func lines(_ test: TestStore, _ id: UUID) async throws -> [String] {
        (try await test.store.jobset(id: id)?.waits ?? []).map(\.line)
    }

    @Test("A broken, a stopped and a paused lab are said, with the reason and how many jobs wait")
    func submission() async throws {
        try await TestStore.with { test in
            let (id, _) = try await test.accept(jobs: 3)
            #expect(try await Self.lines(test, id) == [])
            let terms = CircuitTerms(failures: 1, first: .seconds(600), maximum: .seconds(600))
            try await test.store.noteFailure(backend: "lab-a", error: "connection refused", terms: terms)
            #expect(try await Self.lines(test, id) == ["lab-a is broken: connection refused; 3 jobs wait for it"])
            // What a person can do most about comes first.
            try await test.store.stopBackend("lab-a", reason: "403: Invalid token.")
            #expect(
                try await Self.lines(test, id)
                    == ["lab-a does not let the fleet submit: 403: Invalid token.; 3 jobs wait for it"]
            )
            try await test.store.pauseBackend("lab-a", reason: "holidays")
            #expect(try await Self.lines(test, id) == ["lab-a is paused: holidays; 3 jobs wait for it"])
            let waits = try #require(try await test.store.jobset(id: id)?.waits)
            #expect(waits.map(\.kind) == [.paused] && waits.allSatisfy { $0.since != nil && $0.isTrouble })
        }
    }

    @Test("A lab that has jobs and does not answer, a full one, and results that can't be fetched are said")
    func results() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 3)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            try await test.submit(jobs[1], as: [8])
            #expect(try await Self.lines(test, id) == ["1 job waits for a turn in lab-a"])
            #expect(try await test.store.jobset(id: id)?.waits?.contains(where: \.isTrouble) == false)
            try await test.store.recordContact(backend: "lab-a", error: "HTTP 403 for its list of jobs")
            #expect(
                try await Self.lines(test, id) == [
                    "1 job waits for a turn in lab-a",
                    "lab-a does not answer: HTTP 403 for its list of jobs; it has 2 jobs",
                ]
            )
            try await test.store.deferFetch(ofLabJob: row, by: .seconds(600))
            #expect(
                try await Self.lines(test, id).last
                    == "lab-a does not give the results of 1 job: HTTP 403 for its list of jobs"
            )
            let fetched = FetchedLabJob(id: row, results: [TestStore.result("a", .pass)])
            _ = try await test.store.finishLabJobs([fetched])
            _ = try await test.store.finishJobs(TestStore.complete([jobs[1], jobs[2]]))
            #expect(try await test.store.jobset(id: id)?.waits == nil)
        }
    }
}
