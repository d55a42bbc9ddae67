// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// A fleet with much history, whose server believes that nothing waits, gets a weekend's backlog: what each step reads
/// must depend on what it is about, neither on the history nor on the backlog.
@Suite("The cost of each step", .timeLimit(.minutes(10)))
struct HotPathTests {
    private static let history = 500_000
    private static let jobsets = 20
    private static let jobsOfJobset = 1_000
    private static let smallJobsets = 500

    @Test("History and a backlog that the statistics know nothing of make no step read more than it is about")
    func backlog() async throws {
        try await TestStore.with(connections: 1, isAlone: true) { test in
            try await History.write(jobs: Self.history, into: test.client)
            for number in 0..<Self.jobsets {
                let backend = number % 4 == 3 ? "lab-b" : "lab-a"
                let document = try TestStore.document(
                    jobs: Self.jobsOfJobset,
                    backend: backend,
                    build: "/group/project-\(number)/now"
                )
                _ = try await test.store.acceptJobset(id: UUID(), document: document)
            }
            // And very many that have little each.
            for number in 0..<Self.smallJobsets {
                let document = try TestStore.document(jobs: 2, build: "/group/small/\(number)")
                _ = try await test.store.acceptJobset(id: UUID(), document: document)
            }
            let steps = Steps(test: test)
            let jobs = try await steps.taking()
            try await steps.submitting(jobs)
            try await steps.watching()
            try await steps.sweeping()
            try await steps.canceling()
            try await steps.looking()
            for failure in steps.failures { Issue.record("\(failure)") }
        }
    }
}

/// The steps of all roles, each of which notes what cost more than it may.
private final class Steps {
    private let test: TestStore
    private let reading: PagesRead
    private(set) var failures: [String] = []
    private var store: FleetStore { test.store }

    init(test: TestStore) {
        self.test = test
        reading = PagesRead(client: test.client, schema: test.name)
    }

    /// The pages that a step about one job may touch. Most touch about a hundred; versions of a row that nobody has cleared away
    /// yet add to that, and on a busy machine it once was 252. The tables of the history have thousands of pages.
    private static let few = 500

    /// How often a step is done: a plan that serves all parameters is made after the fifth time.
    private static let times = 8

    private func step<Result>(_ name: String, atMost pages: Int, _ body: () async throws -> Result) async throws
        -> Result
    {
        let (result, relations) = try await reading.count(body)
        let total = relations.reduce(0) { $0 + $1.pages }
        let worst = relations.prefix(4).map { "\($0.name) \($0.pages)" }.joined(separator: ", ")
        if total > pages { failures.append("\(name) touched \(total) pages, not at most \(pages): \(worst)") }
        return result
    }

    func taking() async throws -> [Int] {
        var jobs: [Int] = []
        // What has come in at once is added up at once.
        let nothing = QueueTerms(maximumInFlight: 0, queueLength: 0)
        #expect(try await store.takeDueJobs(backend: "lab-a", terms: nothing, limit: 0).isEmpty)
        for _ in 0..<Self.times {
            jobs += try await step("takeDueJobs of 50", atMost: 5_000) {
                try await store.takeDueJobs(
                    backend: "lab-a",
                    terms: QueueTerms(maximumInFlight: 1_000, queueLength: 500),
                    limit: 50
                ).map(\.id)
            }
        }
        try #require(jobs.count == Self.times * 50)
        for _ in 0..<Self.times {
            try await step("putBack", atMost: Self.few) {
                try await store.putBack([AnnouncedJob(id: jobs[0], backend: "lab-a")])
                try await test.client.execute("update job set resume_at = null where id = \(jobs[0])")
            }
        }
        return jobs
    }

    func submitting(_ jobs: [Int]) async throws {
        for (index, job) in jobs.prefix(100).enumerated() {
            let terms = TestStore.terms()
            let attempt = try await step("claimJob", atMost: Self.few) { try await test.claim(job, terms) }
            if index < 20 {
                _ = try await step("releaseAttempt", atMost: Self.few) {
                    try await store.releaseAttempt(
                        attempt,
                        claimant: terms.claimant,
                        error: "the lab is away",
                        isDoubtful: false,
                        resumeAfter: .zero
                    )
                }
                _ = try await step("claimJob again", atMost: Self.few) { try await test.claim(job, terms) }
            }
            _ = try await step("renewClaim", atMost: Self.few) { try await store.renewClaim(attempt.id, terms: terms) }
            _ = try await step("ownedNumbers", atMost: Self.few) {
                try await store.ownedNumbers(among: [1_000_000 + index], byOthersThan: attempt.id)
            }
            _ = try await step("recordSubmission", atMost: Self.few) {
                try await store.recordSubmission(
                    attempt: attempt.id,
                    labJobs: [SubmittedLabJob(number: 1_000_000 + index)],
                    isAdopted: index % 2 == 0
                )
            }
        }
        for job in jobs.dropFirst(100).prefix(Self.times) {
            _ = try await step("finishJobs of one", atMost: Self.few) {
                try await store.finishJobs([JobEnd(jobID: job, outcome: .rejected, reason: "no")])
            }
        }
    }

    func watching() async throws {
        let tags = try await test.client.query(
            "select lab_job.number, attempt_id from lab_job where state = 'submitted' order by number"
        ).map { try $0.decode(Int.self, UUID.self) }
        try #require(tags.count == 100)
        for _ in 0..<Self.times {
            _ = try await step("pollStart", atMost: Self.few) { try await store.pollStart(of: "lab-a") }
            let taken = try await step("takeOutstanding of 100", atMost: 8_000) {
                try await store.takeOutstanding(backend: "lab-a", age: .seconds(0), limit: 200)
            }
            try await step("returnOutstanding of 100", atMost: 8_000) { try await store.returnOutstanding(taken) }
            _ = try await step("recordMissing of 100", atMost: 8_000) {
                try await store.recordMissing([], present: taken.map(\.id), grace: .seconds(60))
            }
            _ = try await step("overdueLabJobs among 100", atMost: 2_000) {
                try await store.overdueLabJobs(
                    backend: "lab-a",
                    limits: LabJobLimits(queued: .seconds(3_600), running: .seconds(600), stuckMember: .seconds(900)),
                    limit: 200
                )
            }
            _ = try await step("takeDueFetches", atMost: Self.few) {
                try await store.takeDueFetches(backend: "lab-a", limit: 200)
            }
            _ = try await step("failingFetches", atMost: Self.few) {
                try await store.failingFetches(backend: "lab-a", pause: .seconds(1))
            }
            try await step("makeFetchesDue", atMost: Self.few) { try await store.makeFetchesDue(backend: "lab-a") }
            try await step("reannounce", atMost: Self.few) {
                try await store.reannounce(backend: "lab-a", within: .seconds(60))
            }
            _ = try await step("takeCancels", atMost: Self.few) {
                try await store.takeCancels(backend: "lab-a", limit: 200)
            }
        }
        for (number, tag) in tags.prefix(60) {
            let rows = try await step("observeFinished", atMost: Self.few) {
                try await store.observeFinished([TestStore.seen(number, tag: tag)], backend: "lab-a")
            }
            let row = try #require(rows.first).id
            _ = try await step("labJobsToFetch of one", atMost: Self.few) {
                try await store.labJobsToFetch([row], touchedAfter: .seconds(60))
            }
            // It also looks at suites, failed steps and known issues.
            _ = try await step("finishLabJobs of one", atMost: 750) {
                try await store.finishLabJobs([FetchedLabJob(id: row, results: [TestStore.result("a", .pass)])])
            }
        }
        let rest = try await step("observeFinished of 40", atMost: 3_000) {
            try await store.observeFinished(
                tags.dropFirst(60).map { TestStore.seen($0.0, tag: $0.1) },
                backend: "lab-a"
            )
        }
        _ = try await step("finishLabJobs of 40", atMost: 8_000) {
            try await store.finishLabJobs(rest.map { FetchedLabJob(id: $0.id) })
        }
    }

    func sweeping() async throws {
        for _ in 0..<Self.times {
            _ = try await step("finishMissed", atMost: Self.few) { try await store.finishMissed() }
            _ = try await step("counterMismatches", atMost: 3_000) { try await store.counterMismatches(limit: 100) }
            _ = try await step("resumeUnannounced", atMost: 1_000) {
                try await store.resumeUnannounced(backend: "lab-a", age: .seconds(3_600), limit: 500)
            }
            _ = try await step("endUndeliverable", atMost: 3_000) {
                try await store.endUndeliverable(after: .seconds(86_400), batch: 500)
            }
            _ = try await step("endAbandoned", atMost: Self.few) {
                try await store.endAbandoned(after: .seconds(86_400), batch: 500)
            }
            _ = try await step("takeUnfetched", atMost: Self.few) {
                try await store.takeUnfetched(backend: "lab-a", age: .seconds(60), limit: 500)
            }
            _ = try await step("takeUncounted", atMost: Self.few) {
                try await store.takeUncounted(backend: "lab-a", age: .seconds(60), limit: 500)
            }
            try await step("markLabJobsToCancel", atMost: Self.few) { try await store.markLabJobsToCancel() }
            _ = try await step("endUnconfirmedCancellations", atMost: Self.few) {
                try await store.endUnconfirmedCancellations(after: .seconds(60), batch: 500)
            }
            _ = try await step("passDeadline", atMost: Self.few) {
                try await store.passDeadline(cancels: true, batch: 500)
            }
            _ = try await step("claimDeliveries", atMost: Self.few) {
                try await store.claimDeliveries(limit: 10, lease: .seconds(60))
            }
        }
    }

    func canceling() async throws {
        let jobset = try #require(
            try await test.client.query(
                "select id from jobset where state = 'running' and total > 2 order by id limit 1"
            ).first
        ).decode(UUID.self)
        for position in 900..<(900 + Self.times) {
            _ = try await step("cancelJobs", atMost: Self.few) {
                try await store.cancelJobs(of: jobset, positions: [position], reason: "no")
            }
        }
        // A thousand jobs, each with its rows and its indexes.
        _ = try await step("cancelJobset of 1,000", atMost: 150_000) {
            try await store.cancelJobset(id: jobset, reason: "enough")
        }
    }

    func looking() async throws {
        for name in ["none", "env-3", "none", "env-3", "none", "env-3", "none", "env-3"] {
            var filter = JobsetFilter(limit: 20)
            filter.environment = name
            _ = try await step("jobsets of environment \(name)", atMost: 10_000) { try await store.jobsets(filter) }
            filter.environment = nil
            filter.backend = name
            _ = try await step("jobsets of backend \(name)", atMost: 10_000) { try await store.jobsets(filter) }
        }
        for _ in 0..<2 {
            _ = try await step("ages", atMost: 6_000) { try await store.ages() }
            _ = try await step("backendStatuses", atMost: 1_500) { try await store.backendStatuses() }
        }
    }
}
