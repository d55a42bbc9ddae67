// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("What events tell", .timeLimit(.minutes(10)))
struct HintTests {
    private static func hint(
        _ number: Int,
        state: String = "Finished",
        health: String = "Complete",
        submitTime: Date? = .now
    ) -> LabJobObservation {
        LabJobObservation(
            number: number,
            labState: state,
            health: health,
            device: "board-1",
            submitTime: submitTime,
            startTime: Date(timeIntervalSince1970: 1_700_000_010),
            endTime: state == "Finished" ? Date(timeIntervalSince1970: 1_700_000_020) : nil
        )
    }

    @Test("A lab job that an event ends is taken once, unconfirmed, and its results confirm it")
    func once() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            let seen = try await test.store.observeFinished(hints: [Self.hint(7), Self.hint(7)], backend: "lab-a")
            #expect(seen.map(\.number) == [7])
            let again = try await test.store.observeFinished(hints: [Self.hint(7)], backend: "lab-a")
            #expect(again.isEmpty)
            let fetch = try #require(try await test.store.labJobToFetch(id: seen[0].id))
            #expect(!fetch.isConfirmed)
            #expect(fetch.health == "Complete")
            let finished = try await test.store.finishLabJobs([FetchedLabJob(id: seen[0].id)]).finished
            #expect(finished.map(\.id) == [id])
            let isConfirmed = try await test.isTrue("select is_confirmed from lab_job")
            #expect(isConfirmed)
        }
    }

    @Test("An event of a job submitted at another time, or under a number the lab has lost, is let be")
    func strangers() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            for shift in [-7_200.0, 7_200.0] {
                let stranger = Self.hint(7, submitTime: Date.now.addingTimeInterval(shift))
                let seen = try await test.store.observeFinished(hints: [stranger], backend: "lab-a")
                #expect(seen.isEmpty)
            }
            let elsewhere = try await test.store.observeFinished(hints: [Self.hint(7)], backend: "lab-b")
            #expect(elsewhere.isEmpty)
            try await test.client.execute("update lab_job set missing_since = now()")
            let missing = try await test.store.observeFinished(hints: [Self.hint(7)], backend: "lab-a")
            #expect(missing.isEmpty)
            try await test.client.execute("update lab_job set missing_since = null")
            let unknownTime = Self.hint(7, submitTime: nil)
            let seen = try await test.store.observeFinished(hints: [unknownTime], backend: "lab-a")
            #expect(seen.count == 1)
        }
    }

    @Test("What an event ended, and the lab denies, is as if it had not been told, and is looked at by number")
    func denied() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            let row = try #require(
                try await test.store.observeFinished(hints: [Self.hint(7)], backend: "lab-a").first
            ).id
            let stored = try await test.store.storeResults(ofLabJob: row, from: 0, [TestStore.result("a", .pass)])
            #expect(stored)
            try await test.store.unobserveFinish(ofLabJob: row)
            let none = try await test.store.labJobToFetch(id: row)
            #expect(none == nil)
            #expect(try await test.count("select count(*) from result") == 0)
            let late = try await test.store.storeResults(ofLabJob: row, from: 1, [TestStore.result("b", .pass)])
            #expect(!late)
            let looked = try await test.store.takeOutstanding(backend: "lab-a", age: .seconds(3600), limit: 10)
            #expect(looked.map(\.id) == [row])
            let seen = try await test.store.observeFinished(hints: [Self.hint(7)], backend: "lab-a")
            #expect(seen.map(\.id) == [row])
            #expect(try await test.store.finishLabJobs([FetchedLabJob(id: row)]).finished.map(\.id) == [id])
            // Too late to take back.
            try await test.store.unobserveFinish(ofLabJob: row)
            #expect(try await test.store.jobset(id: id)?.verdict == .passed)
        }
    }

    @Test("A canceled job whose end the lab denies is canceled in the lab again")
    func deniedAndCanceled() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            _ = try await test.store.cancelJobset(id: id, reason: nil)
            #expect(try await test.store.takeCancels(backend: "lab-a", limit: 10).count == 1)
            let row = try #require(
                try await test.store.observeFinished(hints: [Self.hint(7)], backend: "lab-a").first
            ).id
            #expect(try await test.store.takeCancels(backend: "lab-a", limit: 10).isEmpty)
            try await test.store.unobserveFinish(ofLabJob: row)
            let again = try await test.store.takeCancels(backend: "lab-a", limit: 10)
            #expect(again.map(\.labJob.id) == [row])
        }
    }

    @Test("The lab's own row confirms an end with what it says, but only of our own job")
    func confirmed() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.submit(jobs[0], as: [7])
            let row = try #require(
                try await test.store.observeFinished(hints: [Self.hint(7)], backend: "lab-a").first
            ).id
            let foreign = try await test.store.confirmFinish(ofLabJob: row, TestStore.seen(7, tag: UUID()))
            #expect(!foreign)
            let untagged = try await test.store.confirmFinish(ofLabJob: row, TestStore.seen(7, tag: nil))
            #expect(!untagged)
            let ours = try await test.store.confirmFinish(
                ofLabJob: row,
                TestStore.seen(7, tag: attempt.id, health: "Incomplete")
            )
            #expect(ours)
            let fetch = try #require(try await test.store.labJobToFetch(id: row))
            #expect(fetch.isConfirmed)
            #expect(fetch.health == "Incomplete")
        }
    }

    @Test("How far a lab job is, is kept while it has not finished; the lab's own row takes back what is not so")
    func states() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            let row = try await test.count("select id from lab_job")
            let running = Self.hint(7, state: "Running")
            try await test.store.recordStates(hints: [Self.hint(7, state: "Scheduled"), running], backend: "lab-a")
            var isSo = try await test.isTrue(
                "select lab_state = 'Running' and start_time is not null and device = 'board-1' from lab_job"
            )
            #expect(isSo)
            let look = LabJobLook(id: row, labState: "Submitted", role: "server", submitTime: nil, startTime: nil)
            try await test.store.recordLooks([look])
            isSo = try await test.isTrue(
                "select lab_state = 'Submitted' and start_time is null and role = 'server' from lab_job"
            )
            #expect(isSo)
            _ = try await test.store.observeFinished(hints: [Self.hint(7)], backend: "lab-a")
            try await test.store.recordStates(hints: [running], backend: "lab-a")
            isSo = try await test.isTrue("select lab_state = 'Finished' from lab_job")
            #expect(isSo)
        }
    }
}
