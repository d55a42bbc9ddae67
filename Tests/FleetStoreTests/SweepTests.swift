// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Sweep", .timeLimit(.minutes(10)))
struct SweepTests {
    private static let anHourAgo: PostgresStatement =
        "update job set created_at = now() - interval '1 h', waiting_since = now() - interval '1 h'"

    @Test("A finished lab job whose message is long out is taken once")
    func unfetched() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            let old = try await test.endInLab(jobs[0], [1: "Complete"])
            _ = try await test.endInLab(jobs[1], [2: "Complete"])
            try await test.client.execute(
                "update lab_job set announced_at = now() - interval '1 h' where id = any(\(old))"
            )
            let age = Duration.seconds(60)
            #expect(try await test.store.takeUnfetched(backend: "lab-b", age: age, limit: 10).isEmpty)
            #expect(try await test.store.takeUnfetched(backend: "lab-a", age: age, limit: 10) == old)
            #expect(try await test.store.takeUnfetched(backend: "lab-a", age: age, limit: 10).isEmpty)
        }
    }

    @Test("A lab job that somebody is at work on counts as announced")
    func atWork() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [1: "Complete"])[0]
            try await test.client.execute("update lab_job set announced_at = now() - interval '1 h'")
            _ = try await test.store.labJobToFetch(id: row)
            #expect(try await test.store.takeUnfetched(backend: "lab-a", age: .seconds(60), limit: 10).isEmpty)
        }
    }

    @Test("An attempt whose lab jobs are all stored and that has not ended is found, and ended by one of them")
    func uncounted() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            let rows = try await test.endInLab(jobs[0], [39: "Complete", 40: "Complete"])
            let half = try await test.endInLab(jobs[1], [41: "Complete", 42: "Complete"])
            let stored = rows + [half[0]]
            try await test.client.execute(
                "update lab_job set state = 'fetched', fetched_at = now() - interval '1 h' where id = any(\(stored))"
            )
            let age = Duration.seconds(60)
            #expect(try await test.store.takeUncounted(backend: "lab-b", age: age, limit: 10).isEmpty)
            #expect(try await test.store.takeUncounted(backend: "lab-a", age: .seconds(7200), limit: 10).isEmpty)
            #expect(try await test.store.takeUncounted(backend: "lab-a", age: age, limit: 10) == [rows[0]])
            #expect(try #require(try await test.store.labJobToFetch(id: rows[0])).isFetched)
            #expect(try await test.store.finishLabJobs([FetchedLabJob(id: rows[0])]).finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.outcomes == ["complete": 1])
            #expect(try await test.store.takeUncounted(backend: "lab-a", age: age, limit: 10).isEmpty)
        }
    }

    @Test("Jobs that waited too long for their lab end as undeliverable, with what was last wrong")
    func undeliverable() async throws {
        try await TestStore.with { test in
            let old = try await test.accept(jobs: 4)
            let new = try await test.accept(jobs: 1)
            let claimant = UUID()
            let failed = try await test.claim(old.jobs[0], TestStore.terms(claimant))
            try await test.store.releaseAttempt(
                failed,
                claimant: claimant,
                error: "connection refused",
                isDoubtful: false,
                resumeAfter: .zero
            )
            _ = try await test.claim(old.jobs[1])
            try await test.submit(old.jobs[2], as: [1])
            // The lab has taken none since.
            try await test.client.execute("update attempt set submitted_at = now() - interval '1 h'")
            try await test.client.execute(
                """
                update job set created_at = now() - interval '1 h', waiting_since = now() - interval '1 h'
                where jobset_id = \(old.id)
                """
            )

            #expect(try await test.store.endUndeliverable(after: .seconds(7200), batch: 10).finished.isEmpty)
            #expect(try await test.store.endUndeliverable(after: .seconds(60), batch: 10).finished.isEmpty)
            let ended = try await test.store.jobs(of: old.id)
            // One with a submitter at work on it, and one in the lab, go on.
            #expect(ended.map(\.outcome) == [.undeliverable, nil, nil, .undeliverable])
            #expect(ended[0].reason == "not submitted to lab-a within 60 s; last: connection refused")
            #expect(ended[3].reason == "not submitted to lab-a within 60 s")
            #expect(try await test.store.jobset(id: new.id)?.pending == 1)

            _ = try await test.store.finishJobs(TestStore.complete([old.jobs[2]]))
            try await test.client.execute("update attempt set claimed_until = now() - interval '1 s'")
            let finished = try await test.store.endUndeliverable(after: .seconds(60), batch: 10).finished
            #expect(finished.map(\.id) == [old.id])
        }
    }

    @Test("One whose submission is in doubt says where it may run all the same, and is looked for there from then on")
    func undeliverableInDoubt() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let terms = TestStore.terms()
            let attempt = try await test.claim(jobs[0], terms)
            try await test.store.releaseAttempt(
                attempt,
                claimant: terms.claimant,
                error: "no answer",
                isDoubtful: true,
                resumeAfter: .zero
            )
            try await test.client.execute(Self.anHourAgo)
            #expect(try await test.store.endUndeliverable(after: .seconds(60), batch: 9).finished.map(\.id) == [id])
            let tag = attempt.id.uuidString.lowercased()
            #expect(
                try await test.store.jobs(of: id).first?.reason
                    == "not submitted to lab-a within 60 s; last: no answer; "
                    + "it may run in lab-a all the same: its definition there begins with \"# muster: \(tag)\""
            )
            #expect(try await test.isTrue("select look_due_at <= now() from attempt"))
        }
    }

    @Test("The jobs of a stopped lab end with the reason why it is stopped, at most a batch at a time")
    func undeliverableOfStopped() async throws {
        try await TestStore.with { test in
            let (id, _) = try await test.accept(jobs: 3)
            try await test.store.stopBackend("lab-a", reason: "401 Unauthorized")
            try await test.client.execute(
                "update job set created_at = now() - interval '1 h', waiting_since = now() - interval '1 h'"
            )
            #expect(try await test.store.endUndeliverable(after: .seconds(60), batch: 2).finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
            #expect(try await test.store.endUndeliverable(after: .seconds(60), batch: 2).finished.map(\.id) == [id])
            let reasons = Set(try await test.store.jobs(of: id).map(\.reason))
            #expect(reasons == ["not submitted to lab-a within 60 s; last: 401 Unauthorized"])
        }
    }

    @Test("A job that gets into its lab while the sweep waits for its jobset is not undeliverable")
    func submittedMeanwhile() async throws {
        try await TestStore.with(attempts: 1) { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.client.execute(
                "update job set created_at = now() - interval '1 h', waiting_since = now() - interval '1 h'"
            )
            let isSubmitted: PostgresStatement = "select state = 'submitted' from job where jobset_id = \(id)"
            let finished = try await test.withJobsetLocked(id, untilWaiting: 1, and: isSubmitted) {
                async let swept = test.store.endUndeliverable(after: .seconds(60), batch: 10).finished
                try await test.waitUntilWaiting(1)
                try await test.submit(jobs[0], as: [1])
                return try await swept
            }
            #expect(finished.isEmpty)
            let status = try await test.store.jobset(id: id)
            #expect(status?.pending == 1)
        }
    }

    @Test("A job that only waits its turn is not undeliverable: in a lab that takes others, and in one that is paused")
    func waitsItsTurn() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            try await test.client.execute(Self.anHourAgo)
            try await test.submit(jobs[0], as: [1])
            #expect(try await test.store.endUndeliverable(after: .seconds(60), batch: 9).finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 2)
            // It took the last one long ago.
            try await test.client.execute("update attempt set submitted_at = now() - interval '1 h'")
            try await test.store.pauseBackend("lab-a", reason: "moving")
            #expect(try await test.store.endUndeliverable(after: .seconds(60), batch: 9).finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 2)
            try await test.store.unpauseBackend("lab-a")
            _ = try await test.store.endUndeliverable(after: .seconds(60), batch: 9)
            #expect(try await test.store.jobset(id: id)?.outcomes == ["undeliverable": 1])
        }
    }

    @Test("What a lab has that has not answered for long ends as lost, and is canceled should the lab come back")
    func abandoned() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            try await test.submit(jobs[0], as: [1])
            try await test.client.execute("update attempt set submitted_at = now() - interval '8 d'")
            try await test.store.recordContact(backend: "lab-a", error: nil)
            #expect(try await test.store.endAbandoned(after: .seconds(604_800), batch: 9).finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 2)

            try await test.client.execute(
                "update backend set last_contact_at = now() - interval '8 d', last_error = 'no route'"
            )
            try await test.submit(jobs[1], as: [2])
            #expect(try await test.store.endAbandoned(after: .seconds(604_800), batch: 9).finished.isEmpty)
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.outcomes == ["lost": 1] && status.pending == 1)
            let reason = try await test.store.jobs(of: id).first?.reason
            #expect(reason == "lab-a, which has it, has not answered for 604800 s; last: no route")
            #expect(try await test.integers("select number from lab_job where cancel_due_at is not null") == [1])
        }
    }
}
