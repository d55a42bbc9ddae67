// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Questions about attempts", .timeLimit(.minutes(10)))
struct AttemptQuestionTests {
    /// A jobset of one job whose lab failed its first attempt, as lab job 10.
    private func retried(_ test: TestStore) async throws -> (id: UUID, job: Int) {
        let (id, jobs) = try await test.accept(jobs: 1)
        try await test.client.execute("update jobset set retries = 2 where id = \(id)")
        let rows = try await test.endInLab(jobs[0], [10: "Incomplete"])
        _ = try await test.store.finishLabJobs([
            FetchedLabJob(
                id: rows[0],
                errorType: "Infrastructure",
                errorMessage: "the power switch is gone",
                isInfrastructure: true,
                results: [TestStore.result("early", .fail)]
            )
        ])
        return (id, jobs[0])
    }

    @Test(
        "A job that waits for another attempt says why the one before did not complete, and shows none of its results"
    )
    func waiting() async throws {
        try await TestStore.with { test in
            let (id, _) = try await retried(test)
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.state == .waiting)
            #expect(job.attempts == 1)
            #expect(job.reason == "attempt 1 was incomplete: Infrastructure: the power switch is gone")
            #expect(job.labJobs.map(\.errorType) == ["Infrastructure"])
            let results = try await test.store.results(of: id, ResultFilter())
            #expect(results.isEmpty)
            let stored = try await test.count("select count(*) from result")
            #expect(stored == 1)
        }
    }

    @Test("Every attempt is kept and told, and only the last one's results count")
    func kept() async throws {
        try await TestStore.with { test in
            let (id, job) = try await retried(test)
            let rows = try await test.endInLab(job, [11: "Complete"])
            let finished = try await test.store.finishLabJobs([
                FetchedLabJob(id: rows[0], results: [TestStore.result("late", .pass)])
            ]).finished
            #expect(finished.map(\.id) == [id])
            let attempts = try await test.store.attempts(of: id, position: 0)
            #expect(attempts.map(\.number) == [1, 2])
            #expect(attempts.map(\.state) == [.ended, .ended])
            #expect(attempts.map(\.outcome) == [.incomplete, .complete])
            #expect(attempts[0].reason == "Infrastructure: the power switch is gone")
            #expect(attempts[1].reason == nil)
            #expect(attempts.map { $0.labJobs.map(\.number) } == [[10], [11]])
            #expect(attempts[0].labJobs[0].device == "board-1")
            #expect(attempts.allSatisfy { $0.submittedAt != nil && $0.endedAt != nil })
            let results = try await test.store.results(of: id, ResultFilter())
            #expect(results.map(\.name) == ["late"])
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.retries == 2)
            #expect(status.tests == TestCounts(pass: 1, fail: 0, skip: 0, unknown: 0))
        }
    }

    @Test("A job canceled while it waits for another attempt has no results either")
    func canceledBetween() async throws {
        try await TestStore.with { test in
            let (id, _) = try await retried(test)
            let cancellation = try await test.store.cancelJobset(id: id, reason: "superseded (eve)").done
            #expect(cancellation.endedNow == 1)
            let results = try await test.store.results(of: id, ResultFilter())
            #expect(results.isEmpty)
            let status = try #require(try await test.store.jobset(id: id))
            #expect(status.verdict == .canceled)
            #expect(status.canceledAt != nil)
            #expect(status.canceledReason == "superseded (eve)")
        }
    }

    @Test("The attempts of several jobs come at once, of each the latest, within a limit")
    func several() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 3)
            try await test.client.execute("update jobset set retries = 2 where id = \(id)")
            for number in [20, 21] {
                let rows = try await test.endInLab(jobs[2], [number: "Incomplete"])
                _ = try await test.store.finishLabJobs([FetchedLabJob(id: rows[0], isInfrastructure: true)])
            }
            try await test.submit(jobs[0], as: [30])
            let all = try await test.store.attempts(of: id, positions: [0, 1, 2], latest: 5, limit: 100)
            #expect(all.mapValues { $0.map(\.number) } == [0: [1], 2: [1, 2]])
            let latest = try await test.store.attempts(of: id, positions: [2], latest: 1, limit: 100)
            #expect(latest.mapValues { $0.map(\.number) } == [2: [2]])
            let limited = try await test.store.attempts(of: id, positions: [0, 2], latest: 5, limit: 2)
            #expect(limited.mapValues { $0.map(\.number) } == [0: [1], 2: [1]])
            let none = try await test.store.attempts(of: id, positions: [], latest: 5, limit: 100)
            #expect(none.isEmpty)
            let unknown = try await test.store.attempts(of: UUID(), position: 0)
            #expect(unknown.isEmpty)
        }
    }

    @Test("An attempt on its way tells what its submission failed with")
    func onItsWay() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let claimant = UUID()
            let attempt = try await test.claim(jobs[0], TestStore.terms(claimant))
            try await test.store.releaseAttempt(
                attempt,
                claimant: claimant,
                error: "503 Service Unavailable",
                isDoubtful: false,
                resumeAfter: .seconds(60)
            )
            let told = try await test.store.attempts(of: id, position: 0)
            #expect(told.map(\.state) == [.submitting])
            #expect(told.map(\.tries) == [1])
            #expect(told.map(\.lastError) == ["503 Service Unavailable"])
            #expect(told[0].labJobs.isEmpty)
            #expect(try await test.store.jobs(of: id).map(\.reason) == ["503 Service Unavailable"])
        }
    }

    @Test(
        "Results of a lab job that is still being fetched are not shown; of its group those that are in, with the role"
    )
    func partly() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let rows = try await test.endInLab(jobs[0], [40: "Complete", 41: "Complete"])
            try await test.client.execute(
                "update lab_job set role = case number when 40 then 'server' else 'client' end"
            )
            try await test.client.execute(
                """
                insert into result (lab_job_id, position, suite, suite_number, name, status)
                values (\(rows[1]), 0, 'net', 4, 'half', 'fail')
                """
            )
            var results = try await test.store.results(of: id, ResultFilter())
            #expect(results.isEmpty)
            _ = try await test.store.finishLabJobs([
                FetchedLabJob(id: rows[0], results: [TestStore.result("whole", .pass)], resultsLeftOut: 7)
            ])
            results = try await test.store.results(of: id, ResultFilter())
            #expect(results.map(\.name) == ["whole"])
            #expect(results.map(\.role) == ["server"])
            #expect(results.map(\.backend) == ["lab-a"])
            #expect(results[0].jobOutcome == nil)
            let job = try #require(try await test.store.jobs(of: id).first)
            #expect(job.labJobs.map(\.role) == ["server", "client"])
            #expect(job.labJobs.map(\.resultsLeftOut) == [7, nil])
        }
    }

    @Test("The results of a job that did not complete are kept and say so")
    func incomplete() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let rows = try await test.endInLab(jobs[0], [50: "Incomplete"])
            _ = try await test.store.finishLabJobs([
                FetchedLabJob(id: rows[0], results: [TestStore.result("before-it-broke", .pass)])
            ])
            let results = try await test.store.results(of: id, ResultFilter())
            #expect(results.map(\.name) == ["before-it-broke"])
            #expect(results.map(\.jobOutcome) == [.incomplete])
        }
    }

    @Test("The same suite twice in a job stays apart")
    func twice() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 1)
            let rows = try await test.endInLab(jobs[0], [60: "Complete"])
            let runs = [(3, ResultStatus.fail), (4, .pass)].map { number, status in
                ResultRow(
                    suite: "kselftest",
                    suiteNumber: number,
                    name: "boot",
                    status: status,
                    measurement: "1.50",
                    units: "s",
                    startLogLine: number * 100,
                    endLogLine: nil
                )
            }
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: rows[0], results: runs)])
            let results = try await test.store.results(of: id, ResultFilter())
            #expect(results.map(\.suiteNumber) == [3, 4])
            #expect(results.map(\.status) == [.fail, .pass])
            #expect(results.map(\.measurement) == ["1.5", "1.5"])
            #expect(results.map(\.startLogLine) == [300, 400])
        }
    }

    @Test("A job that is being canceled says since when")
    func canceling() async throws {
        try await TestStore.with { test in
            let (id, jobs) = try await test.accept(jobs: 2)
            try await test.submit(jobs[0], as: [70])
            _ = try await test.store.cancelJobs(of: id, positions: [0], reason: "wrong board")
            let told = try await test.store.jobs(of: id)
            #expect(told.map(\.state) == [.submitted, .waiting])
            #expect(told[0].cancelRequestedAt != nil)
            #expect(told[1].cancelRequestedAt == nil)
        }
    }
}
