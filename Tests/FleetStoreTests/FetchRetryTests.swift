// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Fetches that are due again", .timeLimit(.minutes(10)))
struct FetchRetryTests {
    @Test("A fetch that failed is due after its pause, or at once when its lab is back, and is taken once")
    func due() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            try await test.store.deferFetch(ofLabJob: row, by: .seconds(600))
            var taken = try await test.store.takeDueFetches(backend: "lab-a", limit: 10)
            #expect(taken.isEmpty)
            let failing = try await test.store.failingFetches(backend: "lab-a", pause: .seconds(600))
            #expect(failing.count == 1)
            #expect(failing.wasTriedLately)
            try await test.store.makeFetchesDue(backend: "lab-b")
            taken = try await test.store.takeDueFetches(backend: "lab-a", limit: 10)
            #expect(taken.isEmpty)
            try await test.store.makeFetchesDue(backend: "lab-a")
            taken = try await test.store.takeDueFetches(backend: "lab-a", limit: 10)
            #expect(taken == [row])
            taken = try await test.store.takeDueFetches(backend: "lab-a", limit: 10)
            #expect(taken.isEmpty)
            #expect(try await test.store.labJobToFetch(id: row)?.fetchTries == 1)
        }
    }

    @Test("The sweep leaves alone what is due later")
    func swept() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            try await test.client.execute("update lab_job set announced_at = now() - interval '1 h'")
            try await test.store.deferFetch(ofLabJob: row, by: .seconds(600))
            var taken = try await test.store.takeUnfetched(backend: "lab-a", age: .seconds(60), limit: 10)
            #expect(taken.isEmpty)
            try await test.store.makeFetchesDue(backend: "lab-a")
            _ = try await test.store.takeDueFetches(backend: "lab-a", limit: 10)
            try await test.client.execute("update lab_job set announced_at = now() - interval '1 h'")
            taken = try await test.store.takeUnfetched(backend: "lab-a", age: .seconds(60), limit: 10)
            #expect(taken == [row])
        }
    }

    @Test("A probe takes the one that was tried least, before it is due")
    func probe() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            let often = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            let seldom = try await test.endInLab(jobs[1], [8: "Complete"])[0]
            for _ in 0..<3 { try await test.store.deferFetch(ofLabJob: often, by: .seconds(600)) }
            try await test.store.deferFetch(ofLabJob: seldom, by: .seconds(900))
            let first = try await test.store.takeTrialFetch(backend: "lab-a")
            #expect(first == [seldom])
            let second = try await test.store.takeTrialFetch(backend: "lab-a")
            #expect(second == [often])
            let third = try await test.store.takeTrialFetch(backend: "lab-a")
            #expect(third.isEmpty)
        }
    }

    @Test("What was noted just before a watcher died, or could not be announced, is announced again")
    func announcedAgain() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            let fresh = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            let old = try await test.endInLab(jobs[1], [8: "Complete"])[0]
            try await test.client.execute(
                "update lab_job set announced_at = now() - interval '1 h' where id = \(old)"
            )
            try await test.store.reannounce(backend: "lab-a", within: .seconds(600))
            var taken = try await test.store.takeDueFetches(backend: "lab-a", limit: 10)
            #expect(taken == [fresh])
            try await test.store.returnToFetch([fresh])
            taken = try await test.store.takeDueFetches(backend: "lab-a", limit: 10)
            #expect(taken == [fresh])
            #expect(try await test.store.labJobToFetch(id: fresh)?.fetchTries == 0)
        }
    }

    @Test("Results come page by page, a page twice is one, and the last comes with the end")
    func pages() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            let page = ["a", "b"].map { TestStore.result($0, .pass) }
            for _ in 0..<2 {
                let isOpen = try await test.store.storeResults(ofLabJob: row, from: 0, page)
                #expect(isOpen)
            }
            // A fetch that broke off had come further, in pages of another size.
            let further = try await test.store.storeResults(ofLabJob: row, from: 2, [TestStore.result("c", .fail)])
            #expect(further)
            #expect(try await test.store.storedResults(ofLabJob: row) == 3)
            let last = FetchedLabJob(
                id: row,
                results: [TestStore.result("c", .fail), TestStore.result("d", .skip)],
                firstPosition: 2,
                resultsLeftOut: 5
            )
            #expect(try await test.store.finishLabJobs([last]).finished.map(\.id) == [id])
            #expect(try await test.store.results(of: id, ResultFilter()).map(\.name) == ["a", "b", "c", "d"])
            let counted = try #require(try await test.store.jobset(id: id)).tests
            #expect((counted.pass, counted.fail, counted.skip) == (2, 1, 1))
            #expect(try await test.count("select results_left_out::bigint from lab_job") == 5)
            let late = try await test.store.storeResults(ofLabJob: row, from: 4, page)
            #expect(!late)
        }
    }
}
