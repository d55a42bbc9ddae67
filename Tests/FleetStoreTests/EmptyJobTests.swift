// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Jobs that complete without what they should bring", .timeLimit(.minutes(10)))
struct EmptyJobTests {
    /// Has a job end whose results are these, and looks at it.
    private static func end(
        _ results: [[ResultRow]],
        document emptyJobs: EmptyJobs? = nil,
        expect: ExpectedResults? = nil,
        demands: ProjectDemands = ProjectDemands(usual: .init(emptyJobs: .incomplete)),
        _ check: (Job, Jobset) throws -> Void
    ) async throws {
        try await TestStore.with { test in
            let id = UUID()
            let document = JobsetDocument(
                build: try #require(Build("/group/project/v1")),
                jobs: [JobEntry(environment: "e", backend: "lab-a", definition: "job_name: a", expect: expect)],
                emptyJobs: emptyJobs
            )
            _ = try await test.store.acceptJobset(id: id, document: document, demands: demands)
            try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
            let numbers = Dictionary(uniqueKeysWithValues: results.indices.map { (7 + $0, "Complete") })
            let rows = try await test.endInLab(try await test.rows(of: id)[0], numbers)
            let fetched = zip(rows, results).map { FetchedLabJob(id: $0, results: $1) }
            #expect(try await test.store.finishLabJobs(fetched).finished.map(\.id) == [id])
            let job = try #require(try await test.store.jobs(of: id).first)
            try check(job, try #require(try await test.store.jobset(id: id)))
        }
    }

    private static func lava(_ name: String, _ status: ResultStatus) -> ResultRow {
        TestStore.result(name, status, suite: "lava")
    }

    private static let nothing = "it completed without a result of its own"

    @Test(
        "A job without a result, or with a failed step of LAVA's, does not pass",
        arguments: [
            ([[]], nothing),
            ([[lava("validate", .pass), lava("job", .pass)]], nothing),
            (
                [[lava("lava-test-shell", .fail), lava("job", .pass)]],
                "\(nothing); LAVA's step lava-test-shell failed"
            ),
            (
                [[lava("file-download", .fail), lava("login", .fail), TestStore.result("a", .pass)]],
                "LAVA's steps file-download, login failed, though it completed"
            ),
            // However many a lab invents, the reason names the first.
            (
                [(10...21).map { lava("step-\($0)", .fail) } + [TestStore.result("a", .pass)]],
                "LAVA's steps \((10...19).map { "step-\($0)" }.joined(separator: ", ")) and 2 more failed, though it completed"
            ),
            // The last try of a step counts, and another member's results are the job's, too.
            ([[lava("login", .fail), lava("login", .pass), TestStore.result("a", .pass)]], nil),
            ([[TestStore.result("a", .pass)], []], nil),
            (
                [[TestStore.result("a", .pass)], [lava("login", .fail)]],
                "LAVA's step login failed, though it completed"
            ),
            ([[TestStore.result("a", .skip)]], nil),
        ] as [([[ResultRow]], String?)]
    )
    func empty(results: [[ResultRow]], reason: String?) async throws {
        try await Self.end(results) { job, jobset in
            #expect(job.outcome == (reason == nil ? .complete : .incomplete))
            #expect(job.reason == reason)
            #expect(jobset.verdict == (reason == nil ? .passed : .incomplete))
            #expect(jobset.missing == (reason == nil ? 0 : 1))
        }
    }

    @Test("Document and project can let it pass, and the document has the last word; the reason stays")
    func pass() async throws {
        let lenient = ProjectDemands(
            usual: .init(emptyJobs: .incomplete),
            projects: ["group/project": .init(emptyJobs: .pass), "group/other": .init(emptyJobs: .incomplete)]
        )
        for (document, demands, passes) in [
            (EmptyJobs.pass, nil, true), (nil, lenient, true), (.incomplete, lenient, false),
        ] as [(EmptyJobs?, ProjectDemands?, Bool)] {
            let usual = ProjectDemands(usual: .init(emptyJobs: .incomplete))
            try await Self.end([[]], document: document, demands: demands ?? usual) { job, jobset in
                #expect(job.outcome == (passes ? .complete : .incomplete))
                #expect(job.reason == Self.nothing)
                #expect(jobset.verdict == (passes ? .passed : .incomplete))
            }
        }
    }

    @Test(
        "What a job is to bring is counted, and what is missing is named, whatever empty jobs do",
        arguments: [
            (ExpectedResults(suites: ["boot"]), nil),
            (ExpectedResults(suites: ["boot", "ltp", "v4l2"]), "the suites ltp, v4l2 brought no results"),
            (ExpectedResults(cases: 2), nil),
            (ExpectedResults(cases: 1_200), "2 of at least 1,200 test cases arrived"),
            (
                ExpectedResults(suites: ["ltp"], cases: 3),
                "the suite ltp brought no results; 2 of at least 3 test cases arrived"
            ),
            // A step of LAVA's is no result of the job's own.
            (ExpectedResults(suites: ["lava"]), "the suite lava brought no results"),
        ] as [(ExpectedResults, String?)]
    )
    func expectations(expect: ExpectedResults, reason: String?) async throws {
        let results = [
            Self.lava("validate", .pass), TestStore.result("a", .pass, suite: "boot"),
            TestStore.result("b", .pass, suite: "boot"),
        ]
        try await Self.end([results], document: .pass, expect: expect) { job, jobset in
            #expect(job.outcome == (reason == nil ? .complete : .incomplete))
            #expect(job.reason == reason)
            #expect(jobset.verdict == (reason == nil ? .passed : .incomplete))
        }
        // Of the project, it holds for jobs that say nothing themselves.
        let demands = ProjectDemands(usual: .init(emptyJobs: .incomplete, expect: expect))
        try await Self.end([results], demands: demands) { job, _ in #expect(job.reason == reason) }
        let own = ExpectedResults(cases: 1)
        try await Self.end([results], expect: own, demands: demands) { job, _ in #expect(job.reason == nil) }
    }

    @Test("A failed test stays seen beside what is missing")
    func failed() async throws {
        let results = [TestStore.result("a", .fail, suite: "boot")]
        try await Self.end([results], expect: ExpectedResults(suites: ["ltp"])) { job, jobset in
            #expect(job.outcome == .incomplete && job.tests.fail == 1)
            #expect(jobset.verdict == .failed && jobset.verdictWords.line == "failed, 1 of 1 job missing")
        }
    }
}
