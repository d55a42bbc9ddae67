// SPDX-License-Identifier: Apache-2.0

import ExternalLabs
import Fleet
import FleetStore
import Foundation
import Labs
import Postgres
import TestSupport
import Testing

@Suite("Results of jobs that somebody else runs", .timeLimit(.minutes(10)))
struct ReportResultTests {
    /// A lab of type external, and how its watcher and its submitter work on it.
    private struct Lab: Sendable {
        let test: TestStore
        let lab: ExternalLab

        init(_ test: TestStore) {
            self.test = test
            lab = ExternalLab(name: "lab-a", store: test.store)
        }

        /// Hands a job out, as the submitter does.
        @discardableResult
        func submit(_ job: Int) async throws -> (attempt: ClaimedAttempt, number: Int) {
            let attempt = try await test.claim(job)
            let request = LabRequest(definition: try await test.store.definition(of: attempt), tag: attempt.id)
            let made = try await lab.submit(request)
            let number = try #require(made.first?.jobs.first?.id.number)
            try await test.store.recordSubmission(attempt: attempt.id, labJobs: [SubmittedLabJob(number: number)])
            return (attempt, number)
        }

        /// Polls, fetches and counts, as the watcher does.
        ///
        /// - Returns: the jobsets that have finished.
        @discardableResult
        func watch() async throws -> [FinishedJobset] {
            let page = try await lab.finishedJobs(endedAfter: .distantPast, submitter: nil, limit: 100, offset: 0)
            let observations = page.jobs.compactMap { job in
                job.id.number.map { number in
                    LabJobObservation(
                        number: number,
                        tag: job.tag,
                        health: job.health.rawValue,
                        device: job.device,
                        submitTime: job.submitTime,
                        startTime: job.startTime,
                        endTime: job.endTime,
                        url: job.url
                    )
                }
            }
            let seen = try await test.store.observeFinished(observations, backend: "lab-a")
            var fetched: [FetchedLabJob] = []
            for labJob in seen {
                var pages = lab.results(of: LabJobID(labJob.number), pageSize: 2, maximum: 1_000)
                var rows: [ResultRow] = []
                var verdict: LabVerdict?
                while let page = try await pages.next() {
                    rows += page.rows
                    verdict = page.verdict ?? verdict
                }
                fetched.append(
                    FetchedLabJob(
                        id: labJob.id,
                        errorType: verdict?.errorType,
                        errorMessage: verdict?.errorMessage,
                        isInfrastructure: verdict?.errorType == "Infrastructure",
                        results: rows
                    )
                )
            }
            return try await test.store.finishLabJobs(fetched).finished
        }

        @discardableResult
        func report(_ job: Int, _ result: ReportedResult, external: Set<String> = ["lab-a"]) async throws
            -> ResultReceipt
        {
            try await test.store.reportResult(ofJob: job, result, externalBackends: external, by: "ci")
        }

        /// What the report of a job is refused with.
        func refusal(of job: Int, _ result: ReportedResult, external: Set<String> = ["lab-a"]) async -> FleetRefusal? {
            await #expect(throws: FleetRefusal.self) { try await report(job, result, external: external) }
        }
    }

    private static let passed = ReportedResult(
        outcome: .complete,
        url: "https://ci.example.com/1",
        tests: [
            TestStore.result("a", .pass, suite: "boot"), TestStore.result("b", .fail, suite: "boot"),
            TestStore.result("c", .pass, suite: "net"),
        ]
    )
    private static let failed = ReportedResult(outcome: .incomplete, reason: "no space left", isInfrastructure: true)

    private func withLab(_ body: (Lab) async throws -> Void) async throws {
        try await TestStore.with { try await body(Lab($0)) }
    }

    @Test("A reported result is counted with its tests, and finishes the jobset")
    func counted() async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 1)
            try await lab.submit(jobs[0])
            #expect(try await lab.watch().isEmpty)
            let receipt = try await lab.report(jobs[0], Self.passed)
            #expect(receipt == ResultReceipt(jobset: id, position: 0, attempt: 1, isRepeat: false))
            #expect(try await lab.watch().map(\.id) == [id])
            let status = try #require(try await lab.test.store.jobset(id: id))
            #expect(status.verdict == .failed && status.tests == TestCounts(pass: 2, fail: 1, skip: 0, unknown: 0))
            #expect(
                try await lab.test.count("select count(*) from lab_job where url = 'https://ci.example.com/1'") == 1
            )
            // Tests are kept once.
            _ = try await lab.lab.finishedJobs(endedAfter: .distantPast, submitter: nil, limit: 1, offset: 0)
            #expect(try await lab.test.count("select count(*) from external_test") == 0)
            #expect(try await lab.test.count("select count(*) from result") == 3)
        }
    }

    @Test("A job that is not complete ends with the reason that was reported, or with words of ours")
    func reasons() async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 3)
            for job in jobs { try await lab.submit(job) }
            try await lab.report(jobs[0], ReportedResult(outcome: .incomplete, reason: "no space left"))
            try await lab.report(jobs[1], ReportedResult(outcome: .incomplete))
            try await lab.report(jobs[2], ReportedResult(outcome: .canceled, reason: "by hand"))
            #expect(try await lab.watch().map(\.id) == [id])
            let ended = try await lab.test.store.jobs(of: id)
            #expect(ended.map(\.outcome) == [.incomplete, .incomplete, .canceled])
            #expect(ended.map(\.reason) == ["no space left", "reported as incomplete", "by hand"])
        }
    }

    @Test("The same result again is harmless at any time, and another one is refused")
    func repeated() async throws {
        try await withLab { lab in
            let (_, jobs) = try await lab.test.accept(jobs: 1)
            try await lab.submit(jobs[0])
            try await lab.report(jobs[0], Self.passed)
            #expect(try await lab.report(jobs[0], Self.passed).isRepeat)
            #expect(await lab.refusal(of: jobs[0], Self.failed) == .resultDiffers(attempt: 1))
            try await lab.watch()
            #expect(try await lab.report(jobs[0], Self.passed).isRepeat)
            #expect(await lab.refusal(of: jobs[0], Self.failed) == .resultDiffers(attempt: 1))
            #expect(try await lab.watch().isEmpty)
            #expect(try await lab.test.count("select count(*) from result") == 3)
        }
    }

    @Test("Of many at once that say different things, one is taken")
    func atOnce() async throws {
        try await withLab { lab in
            let (_, jobs) = try await lab.test.accept(jobs: 1)
            try await lab.submit(jobs[0])
            let taken = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<6 {
                    let result = ReportedResult(outcome: .incomplete, reason: "\(number)")
                    group.addTask { (try? await lab.report(jobs[0], result)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(taken == 1)
        }
    }

    @Test("A result that comes before its job's turn is kept for it")
    func early() async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 1)
            #expect(try await lab.report(jobs[0], Self.passed).attempt == 1)
            #expect(try await lab.report(jobs[0], Self.passed).isRepeat)
            #expect(try await lab.watch().isEmpty)
            try await lab.submit(jobs[0])
            #expect(try await lab.watch().map(\.id) == [id])
            #expect(try await lab.test.store.jobset(id: id)?.tests == TestCounts(pass: 2, fail: 1, skip: 0, unknown: 0))
        }
    }

    @Test("A job that does not exist, or that its lab runs itself, takes no result")
    func foreign() async throws {
        try await withLab { lab in
            let (_, jobs) = try await lab.test.accept(jobs: 1)
            await #expect(throws: MissingRow.self) { try await lab.report(jobs[0] + 1_000, Self.passed) }
            #expect(await lab.refusal(of: jobs[0], Self.passed, external: ["lab-b"]) == .notExternal(backend: "lab-a"))
            #expect(try await lab.test.count("select count(*) from external_job") == 0)
        }
    }

    @Test("An attempt that failed for its lab is followed by another, whose result is its own")
    func retried() async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 1)
            try await lab.test.client.execute("update jobset set retries = 1 where id = \(id)")
            try await lab.submit(jobs[0])
            try await lab.report(jobs[0], Self.failed)
            #expect(try await lab.watch().isEmpty)
            // The same once more is taken for a repeat of the first attempt's, unless it says that it is not.
            #expect(try await lab.report(jobs[0], Self.failed).isRepeat)
            let late = ReportedResult(outcome: .complete, attempt: 1)
            #expect(await lab.refusal(of: jobs[0], late) == .resultDiffers(attempt: 1))
            let soon = ReportedResult(outcome: .complete, attempt: 3)
            #expect(await lab.refusal(of: jobs[0], soon) == .noSuchAttempt(attempt: 3, present: 2))
            try await lab.submit(jobs[0])
            let second = ReportedResult(
                outcome: .incomplete,
                reason: "no space left",
                isInfrastructure: true,
                attempt: 2
            )
            #expect(
                try await lab.report(jobs[0], second)
                    == ResultReceipt(jobset: id, position: 0, attempt: 2, isRepeat: false)
            )
            #expect(try await lab.watch().map(\.id) == [id])
            #expect(try await lab.test.store.jobs(of: id).map(\.attempts) == [2])
        }
    }

    @Test("An attempt without a result of its own that has ended takes none any more")
    func attemptEnded() async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 1)
            try await lab.submit(jobs[0])
            try await lab.test.client.execute(
                "update attempt set state = 'ended', ended_at = now() where job_id = \(jobs[0])"
            )
            try await lab.test.client.execute("update job set state = 'waiting' where jobset_id = \(id)")
            let late = ReportedResult(outcome: .complete, attempt: 1)
            #expect(await lab.refusal(of: jobs[0], late) == .attemptEnded(attempt: 1, present: 2))
        }
    }

    @Test("A job that has ended otherwise takes no result")
    func afterTheEnd() async throws {
        try await withLab { lab in
            let (_, jobs) = try await lab.test.accept(jobs: 2)
            try await lab.submit(jobs[0])
            _ = try await lab.test.store.finishJobs([JobEnd(jobID: jobs[0], outcome: .expired, reason: "deadline")])
            #expect(await lab.refusal(of: jobs[0], Self.passed) == .jobAlreadyFinished(position: 0, outcome: .expired))
            #expect(try await lab.test.count("select count(*) from external_job where outcome is not null") == 0)
        }
    }

    @Test("A canceled job ends as canceled, and a result that comes later is refused")
    func canceled() async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 1)
            let (_, number) = try await lab.submit(jobs[0])
            _ = try await lab.test.store.cancelJobset(id: id, reason: "superseded")
            #expect(try await lab.lab.cancel([LabJobID(number), LabJobID(9_999)]) == [LabJobID(9_999)])
            #expect(await lab.refusal(of: jobs[0], Self.passed) == .jobAlreadyFinished(position: 0, outcome: .canceled))
            #expect(try await lab.watch().map(\.id) == [id])
            #expect(try await lab.test.store.jobs(of: id).map(\.outcome) == [.canceled])
            #expect(await lab.refusal(of: jobs[0], Self.passed) == .jobAlreadyFinished(position: 0, outcome: .canceled))
        }
    }

    @Test("A result that comes between the cancellation and its way to the lab counts, as a lab's would")
    func canceledTooLate() async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 1)
            let (_, number) = try await lab.submit(jobs[0])
            _ = try await lab.test.store.cancelJobset(id: id, reason: nil)
            try await lab.report(jobs[0], Self.passed)
            #expect(try await lab.lab.cancel([LabJobID(number)]).isEmpty)
            #expect(try await lab.watch().map(\.id) == [id])
            #expect(try await lab.test.store.jobs(of: id).map(\.outcome) == [.complete])
        }
    }

    @Test(
        "A deadline and a result at the same moment: whichever comes first, the job ends once",
        arguments: [true, false]
    )
    func deadline(_ resultFirst: Bool) async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 1)
            try await lab.submit(jobs[0])
            if resultFirst { try await lab.report(jobs[0], Self.passed) }
            try await lab.test.client.execute("update jobset set deadline = now() where id = \(id)")
            let passed = try await lab.test.store.passDeadline(cancels: true, batch: 10)?.done
            #expect(passed?.jobsetID == id && passed?.expired == 1)
            if !resultFirst {
                #expect(
                    await lab.refusal(of: jobs[0], Self.passed) == .jobAlreadyFinished(position: 0, outcome: .expired)
                )
            }
            try await lab.watch()
            let status = try #require(try await lab.test.store.jobset(id: id))
            #expect(status.outcomes == ["expired": 1] && status.pending == 0)
        }
    }

    @Test("What nobody may name is looked up by a job's number", arguments: [0, -1, Int.max])
    func places(_ number: Int) async throws {
        try await withLab { lab in
            let (id, jobs) = try await lab.test.accept(jobs: 1)
            let place = try await lab.test.store.placeOfJob(id: jobs[0])
            #expect(place == JobPlace(jobset: id, position: 0, group: "group", project: "project"))
            #expect(try await lab.test.store.placeOfJob(id: number) == nil)
        }
    }

    @Test("Jobs of a build that wait for a result are found by their environment, each once")
    func candidates() async throws {
        try await withLab { lab in
            let (_, jobs) = try await lab.test.accept(jobs: 4)
            let build = try #require(Build("/group/project/v1"))
            func open(_ environment: String, _ backends: Set<String> = ["lab-a"]) async throws -> [Int] {
                try await lab.test.store.resultCandidates(
                    of: build,
                    environment: environment,
                    externalBackends: backends
                ).filter(\.isOpen).map(\.job)
            }
            #expect(try await open("env-0") == [jobs[0], jobs[3]])
            #expect(try await open("env-1") == [jobs[1]])
            #expect(try await open("env-9").isEmpty)
            #expect(try await open("env-0", ["lab-b"]).isEmpty)
            try await lab.report(jobs[0], Self.passed)
            #expect(try await open("env-0") == [jobs[3]])
            try await lab.submit(jobs[3])
            #expect(try await open("env-0") == [jobs[3]])
            try await lab.report(jobs[3], Self.passed)
            #expect(try await open("env-0").isEmpty)
        }
    }

    @Test("It does what every lab must do")
    func conformance() async throws {
        try await withLab { lab in
            let (_, jobs) = try await lab.test.accept(jobs: 12)
            let next = NextJob(jobs)
            @Sendable func request() async throws -> LabRequest {
                let attempt = try await lab.test.claim(await next.take())
                return LabRequest(definition: try await lab.test.store.definition(of: attempt), tag: attempt.id)
            }
            var conformance = LabConformance(lab: lab.lab, passing: request, endless: request)
            conformance.finish = { request in
                let job = try #require(
                    try await lab.test.integers("select job_id from attempt where id = \(request.tag)").first
                )
                try await lab.report(job, Self.passed)
            }
            try await conformance.run()
        }
    }
}

/// Jobs, one after the other.
private actor NextJob {
    private var jobs: [Int]

    init(_ jobs: [Int]) { self.jobs = jobs }

    func take() -> Int { jobs.removeFirst() }
}
