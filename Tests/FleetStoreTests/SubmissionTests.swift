// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Submissions", .timeLimit(.minutes(10)))
struct SubmissionTests {
    @Test("Recording a submission again changes nothing")
    func recordedTwice() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.submit(jobs[0], as: [39, 40])
            let rows: PostgresStatement = "select md5(string_agg(lab_job::text, ' ' order by id)) from lab_job"
            let submitted: PostgresStatement = "select attempt::text from attempt"
            let before = try await Self.texts(rows, submitted, in: test)
            let labJobs = [SubmittedLabJob(number: 39, subID: "39.0"), SubmittedLabJob(number: 40, subID: "39.1")]
            try await test.store.recordSubmission(attempt: attempt.id, labJobs: labJobs)
            #expect(try await Self.texts(rows, submitted, in: test) == before)
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.state == .submitted)
            #expect(job.attempts == 1)
            #expect(job.labJobs.map(\.number) == [39, 40])
            #expect(job.labJobs.map(\.subID) == ["39.0", "39.1"])
        }
    }

    private static func texts(_ statements: PostgresStatement..., in test: TestStore) async throws -> [String] {
        var texts: [String] = []
        for statement in statements {
            texts += try await test.client.query(statement).map { try $0.decode(String.self) }
        }
        return texts
    }

    @Test("A second look at the lab adds the members that the first did not see")
    func laterMember() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.submit(jobs[0], as: [39])
            let found = [SubmittedLabJob(number: 39), SubmittedLabJob(number: 40, subID: "39.1")]
            try await test.store.recordSubmission(attempt: attempt.id, labJobs: found, isAdopted: true)
            #expect(try await test.integers("select number from lab_job order by number") == [39, 40])
        }
    }

    @Test("What was found in the lab is asked for at once, what was just submitted is not")
    func adopted() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 2)
            try await test.submit(jobs[0], as: [1])
            let attempt = try await test.claim(jobs[1])
            let found = [SubmittedLabJob(number: 2)]
            try await test.store.recordSubmission(attempt: attempt.id, labJobs: found, isAdopted: true)
            let asked = try await test.store.takeOutstanding(backend: "lab-a", age: .seconds(3600), limit: 10)
            #expect(asked.map(\.number) == [2])
            #expect(asked.map(\.attempt) == [attempt.id])
        }
    }

    @Test("A submission that comes after the job's end leaves the job as it ended")
    func afterTheEnd() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            _ = try await test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .undeliverable, reason: "late")])
            try await test.store.recordSubmission(attempt: attempt.id, labJobs: [SubmittedLabJob(number: 1)])
            #expect(try await test.store.jobs(of: id).first?.outcome == .undeliverable)
            #expect(try await test.isTrue("select state = 'ended' from attempt"))
            #expect(try await test.store.takeOutstanding(backend: "lab-a", age: .seconds(-60), limit: 10).isEmpty)
        }
    }

    @Test("An attempt is given back with its failure; only a doubtful one is looked for", arguments: [true, false])
    func release(isDoubtful: Bool) async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let claimant = UUID()
            let attempt = try await test.claim(jobs[0], TestStore.terms(claimant))
            try await test.client.execute("update attempt set doubtful_since = now() - interval '1 h'")
            let isOurs = try await test.store.releaseAttempt(
                attempt,
                claimant: claimant,
                error: "the lab does not answer",
                isDoubtful: isDoubtful,
                resumeAfter: .seconds(600)
            )
            #expect(isOurs)
            #expect(try await test.isTrue("select resume_at > now() + interval '5 min' from job"))
            #expect(try await test.store.jobs(of: id).first?.reason == "the lab does not answer")
            let next = try await test.claim(jobs[0])
            #expect(next.id == attempt.id)
            #expect(next.tries == 1)
            #expect(next.lastError == "the lab does not answer")
            #expect((next.doubt != nil) == isDoubtful)
            // A failure after which there is doubt begins it anew.
            if let doubt = next.doubt { #expect(doubt < .seconds(1800)) }
        }
    }

    @Test("Whoever lost its claim gives nothing back")
    func strangerReleases() async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let attempt = try await test.claim(jobs[0])
            let isOurs = try await test.store.releaseAttempt(
                attempt,
                claimant: UUID(),
                error: "late",
                isDoubtful: false,
                resumeAfter: .zero
            )
            #expect(!isOurs)
            try await test.store.postponeAttempt(attempt, claimant: UUID(), error: "late", resumeAfter: .zero)
            #expect(
                try await test.isTrue(
                    "select claimed_by is not null and tries = 0 and doubtful_since is not null from attempt"
                )
            )
            #expect(try await test.store.claimJob(id: jobs[0], terms: TestStore.terms()) == .parked(.held))
        }
    }

    @Test("Putting a doubtful attempt off keeps the age of its doubt", arguments: ["the lab does not answer", nil])
    func postpone(error: String?) async throws {
        try await TestStore.with { test in
            let (_, jobs) = try await test.accept(jobs: 1)
            let claimant = UUID()
            let attempt = try await test.claim(jobs[0], TestStore.terms(claimant))
            try await test.client.execute("update attempt set doubtful_since = now() - interval '1 h'")
            try await test.store.postponeAttempt(
                attempt,
                claimant: claimant,
                error: error,
                resumeAfter: .seconds(600)
            )
            #expect(try await test.isTrue("select resume_at > now() + interval '5 min' from job"))
            let next = try await test.claim(jobs[0])
            #expect(try #require(next.doubt) >= .seconds(3600))
            #expect(next.tries == (error == nil ? 0 : 1))
            #expect(next.lastError == error)
        }
    }
}
