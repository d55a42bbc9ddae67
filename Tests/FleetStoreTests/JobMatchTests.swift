// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Jobs are found again in another build by environment and name", .timeLimit(.minutes(10)))
struct JobMatchTests {
    /// A job and what its tests said.
    struct Ran {
        let environment: String
        let name: String?
        let results: [ResultRow]

        init(_ environment: String, _ name: String?, _ results: [(suite: String, name: String, status: ResultStatus)]) {
            self.environment = environment
            self.name = name
            self.results = results.map { TestStore.result($0.name, $0.status, suite: $0.suite) }
        }
    }

    private static func ended(_ test: TestStore, _ version: String, _ jobs: [Ran], from number: Int) async throws
        -> UUID
    {
        let id = UUID()
        let entries = jobs.map { job in
            JobEntry(
                environment: job.environment,
                backend: "lab-a",
                definition: job.name.map { "job_name: \($0)" } ?? "device_type: x"
            )
        }
        let build = try #require(Build("/group/project/\(version)"))
        _ = try await test.store.acceptJobset(id: id, document: JobsetDocument(build: build, jobs: entries))
        try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
        for (index, row) in try await test.rows(of: id).enumerated() {
            let labJob = try await test.endInLab(row, [number + index: "Complete"])[0]
            _ = try await test.store.finishLabJobs([FetchedLabJob(id: labJob, results: jobs[index].results)])
        }
        return id
    }

    private static func titles(_ tests: [ComparedTest]?) -> [String] {
        (tests ?? []).map { "\(JobTitle.line($0.environment, $0.jobName)): \($0.suite)/\($0.name)" }
    }

    @Test("The same test in two jobs of an environment is two tests, and a job in front changes nothing")
    func names() async throws {
        try await TestStore.with { test in
            let before = try await Self.ended(
                test,
                "v6.19-rc1",
                [
                    Ran("pi", "boot", [("smoke", "up", .pass)]),
                    Ran("pi", "ltp v6.19-rc1", [("smoke", "up", .fail), ("ltp", "a", .pass)]),
                ],
                from: 10
            )
            let after = try await Self.ended(
                test,
                "v6.19-rc2",
                [
                    Ran("pi", "first", [("smoke", "up", .pass), ("new", "n", .fail)]),
                    Ran("pi", "boot", [("smoke", "up", .fail)]),
                    // The version in it is no other name.
                    Ran("pi", "ltp v6.19-rc2", [("smoke", "up", .pass), ("ltp", "a", .fail)]),
                ],
                from: 20
            )
            let found = try await test.store.compare(after, with: before, limit: 9, metricLimit: 0)
            #expect(Self.titles(found.tests[.regression]) == ["pi boot: smoke/up", "pi ltp v6.19-rc2: ltp/a"])
            #expect(Self.titles(found.tests[.fix]) == ["pi ltp v6.19-rc2: smoke/up"])
            #expect(Self.titles(found.tests[.newFailure]) == ["pi first: new/n"])
            #expect(found.totals[.vanished] == nil && found.missingSuites.isEmpty)
            let jobs = try await test.store.jobDifferences(of: after, with: before, limit: 9)
            #expect(jobs.new.map(\.title) == ["pi first"] && jobs.missing.isEmpty && jobs.renamed.isEmpty)
        }
    }

    @Test("A renamed job is said to be so, and its tests are found again")
    func renamed() async throws {
        try await TestStore.with { test in
            let before = try await Self.ended(
                test,
                "v1",
                [
                    Ran("pi", "boot", [("s", "a", .pass)]),
                    Ran("pi", "old", [("ltp", "a", .pass), ("gone", "g", .pass)]),
                ],
                from: 10
            )
            let after = try await Self.ended(
                test,
                "v2",
                [Ran("pi", "boot", [("s", "a", .pass)]), Ran("pi", "fresh", [("ltp", "a", .fail)])],
                from: 20
            )
            let found = try await test.store.compare(after, with: before, limit: 9, metricLimit: 0)
            #expect(Self.titles(found.tests[.regression]) == ["pi fresh: ltp/a"])
            let jobs = try await test.store.jobDifferences(of: after, with: before, limit: 9)
            #expect(jobs.renamed == [RenamedJob(environment: "pi", before: "old", after: "fresh")])
            #expect(jobs.new.isEmpty && jobs.missing.isEmpty)
            // The suite that it brings no more is missing, and not nothing.
            #expect(found.missingSuites.map { "\($0.environment) \($0.suite) \($0.tests)" } == ["pi gone 1.0"])
            #expect(found.totals[.missingSuite] == 1)
        }
    }

    @Test("Jobs without a name, and those of a baseline from before names, are compared by their environment")
    func nameless() async throws {
        try await TestStore.with { test in
            let before = try await Self.ended(
                test,
                "v1",
                [Ran("pi", nil, [("ltp", "a", .pass)]), Ran("pi", nil, [("ltp", "b", .pass)])],
                from: 10
            )
            let same = try await Self.ended(
                test,
                "v2",
                [Ran("pi", nil, [("ltp", "a", .fail)]), Ran("pi", nil, [("ltp", "b", .pass)])],
                from: 20
            )
            let first = try await test.store.compare(same, with: before, limit: 9, metricLimit: 0)
            #expect(Self.titles(first.tests[.regression]) == ["pi: ltp/a"] && first.totals[.vanished] == nil)
            let named = try await Self.ended(
                test,
                "v3",
                [Ran("pi", "x", [("ltp", "a", .fail)]), Ran("pi", "y", [("ltp", "b", .fail)])],
                from: 30
            )
            let second = try await test.store.compare(named, with: before, limit: 9, metricLimit: 0)
            #expect(Self.titles(second.tests[.regression]) == ["pi x: ltp/a", "pi y: ltp/b"])
            let jobs = try await test.store.jobDifferences(of: named, with: before, limit: 9)
            #expect(jobs.new.count == 2 && jobs.missing.count == 2)
        }
    }
}
