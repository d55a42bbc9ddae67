// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Results of lab jobs", .timeLimit(.minutes(10)))
struct LabJobResultTests {
    @Test("One member of a group does not end the job; the last one does, with the results of all")
    func members() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let rows = try await test.endInLab(jobs[0], [39: "Complete", 40: "Complete"])
            let first = FetchedLabJob(id: rows[0], results: [TestStore.result("a", .pass)])
            #expect(try await test.store.finishLabJobs([first]).finished.isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
            let last = FetchedLabJob(id: rows[1], results: [TestStore.result("a", .skip)])
            #expect(try await test.store.finishLabJobs([last]).finished.map(\.id) == [id])
            let tests = try await test.store.jobset(id: id)?.tests
            #expect(tests == TestCounts(pass: 1, fail: 0, skip: 1, unknown: 0))
        }
    }

    @Test("Storing a lab job again changes nothing, whatever it now brings")
    func again() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            let fetched = FetchedLabJob(id: row, results: [TestStore.result("a", .pass)])
            #expect(try await test.store.finishLabJobs([fetched]).finished.count == 1)
            let more = FetchedLabJob(id: row, unfetchable: "x", results: [TestStore.result("b", .fail)])
            #expect(try await test.store.finishLabJobs([more]).finished.isEmpty)
            #expect(try await test.store.results(of: id, ResultFilter()).map(\.name) == ["a"])
            #expect(try await test.store.jobset(id: id)?.verdict == .passed)
        }
    }

    @Test("A lab job that the lab still has is not stored")
    func early() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            try await test.submit(jobs[0], as: [7])
            let row = try await test.count("select id from lab_job")
            let fetched = FetchedLabJob(id: row, results: [TestStore.result("a", .pass)])
            #expect(try await test.store.finishLabJobs([fetched]).finished.isEmpty)
            #expect(try await test.store.labJobToFetch(id: row) == nil)
            #expect(try await test.store.results(of: id, ResultFilter()).isEmpty)
            #expect(try await test.store.jobset(id: id)?.pending == 1)
        }
    }

    @Test("The same lab job twice in one flush, as two copies of its message bring it, is stored once")
    func twiceInOneFlush() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            let fetched = FetchedLabJob(id: row, results: [TestStore.result("a", .pass)])
            let finished = try await test.store.finishLabJobs([fetched, fetched]).finished
            #expect(finished.map(\.id) == [id])
            #expect(try await test.store.results(of: id, ResultFilter()).count == 1)
        }
    }

    @Test("Results in the lab's own suite are kept and not counted")
    func lavaSuite() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            let results = [
                TestStore.result("job", .fail, suite: "lava"), TestStore.result("boot", .unknown, suite: "lava"),
                TestStore.result("a", .pass),
            ]
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: row, results: results)])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.tests == TestCounts(pass: 1, fail: 0, skip: 0, unknown: 0))
            #expect(status.verdict == .passed)
            #expect(try await test.store.results(of: id, ResultFilter()).count == 1)
            #expect(try await test.store.results(of: id, ResultFilter(includesLavaSuite: true)).count == 3)
        }
    }

    @Test("A job whose results can't be fetched is incomplete and says why, whatever its health")
    func unfetchable() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let row = try await test.endInLab(jobs[0], [7: "Complete"])[0]
            let fetched = FetchedLabJob(id: row, unfetchable: "lab-a answers 500 for its results")
            #expect(try await test.store.finishLabJobs([fetched]).finished.map(\.id) == [id])
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.outcome == .incomplete)
            #expect(job.reason == "lab-a answers 500 for its results")
            #expect(try await test.store.jobset(id: id)?.verdict == .incomplete)
        }
    }

    @Test(
        "A job's outcome and reason follow from its lab jobs",
        arguments: [
            (["Complete"], [nil], JobOutcome.complete, nil),
            (["Incomplete"], ["no board"], .incomplete, "Infrastructure: no board"),
            (["Incomplete"], [nil], .incomplete, "lab job 11 ended incomplete; LAVA gave no reason"),
            (["Canceled"], [nil], .canceled, "lab job 11 ended canceled; LAVA gave no reason"),
            (["Complete", "Incomplete"], [nil, "no board"], .incomplete, "Infrastructure: no board"),
            (["Incomplete", "Incomplete"], ["same", "same"], .incomplete, "Infrastructure: same"),
            (["Incomplete", "Canceled"], ["a", "b"], .canceled, "Infrastructure: a; Infrastructure: b"),
        ] as [([String], [String?], JobOutcome, String?)]
    )
    func outcome(healths: [String], messages: [String?], outcome: JobOutcome, reason: String?) async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let numbered = Dictionary(uniqueKeysWithValues: healths.enumerated().map { (11 + $0, $1) })
            let rows = try await test.endInLab(jobs[0], numbered)
            let fetched = zip(rows, messages).map { row, message in
                FetchedLabJob(
                    id: row,
                    errorType: message.map { _ in "Infrastructure" },
                    errorMessage: message,
                    results: [TestStore.result("a", .pass)]
                )
            }
            #expect(try await test.store.finishLabJobs(fetched).finished.map(\.id) == [id])
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.outcome == outcome)
            #expect(job.reason == reason)
        }
    }

    @Test(
        "A jobset's verdict",
        arguments: [
            ([(.complete, 0)], Verdict.passed),
            ([(.complete, 0), (.complete, 0)], .passed),
            ([(.complete, 0), (.complete, 2)], .failed),
            ([(.complete, 2), (.incomplete, 0)], .failed),
            ([(.complete, 0), (.incomplete, 1)], .failed),
            ([(.complete, 0), (.incomplete, 0)], .incomplete),
            ([(.complete, 0), (.canceled, 0)], .incomplete),
            ([(.rejected, 0)], .failed),
            ([(.rejected, 0), (.lost, 0)], .failed),
            ([(.expired, 0), (.complete, 0)], .incomplete),
            ([(.lost, 0)], .incomplete),
            ([(.undeliverable, 0), (.complete, 1)], .failed),
        ] as [([(JobOutcome, Int)], Verdict)]
    )
    func verdict(ends: [(JobOutcome, Int)], verdict: Verdict) async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: ends.count)
            _ = try await test.store.finishJobs(
                zip(jobs, ends).map { job, end in
                    JobEnd(
                        jobID: job,
                        outcome: end.0,
                        reason: end.0 == .complete ? nil : "because",
                        tests: TestCounts(pass: 1, fail: end.1, skip: 0, unknown: 0)
                    )
                }
            )
            let jobset = try #require(try await test.store.jobset(id: id))
            #expect(jobset.verdict == verdict)
            // What is missing is said in the jobset's own row and in lists, and is what its jobs say.
            #expect(jobset.missing == ends.count(where: \.0.isMissing))
            let summary = try #require(try await test.store.summary(of: id))
            #expect(summary.jobCounts == jobset.jobCounts)
            #expect(summary.jobCounts.canceled == ends.count { $0.0 == .canceled })
            #expect(summary.jobCounts.failed == ends.count { $0.0 == .rejected || ($0.0 == .complete && $0.1 > 0) })
        }
    }
}
