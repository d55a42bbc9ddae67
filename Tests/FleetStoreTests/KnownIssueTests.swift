// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Failures that a project knows of", .timeLimit(.minutes(10)))
struct KnownIssueTests {
    private typealias Said = (suite: String, name: String, status: ResultStatus)

    /// A jobset of one job an environment that has ended with these results.
    private static func ended(
        _ test: TestStore,
        build: String = "/group/project/v1",
        _ jobs: [(environment: String, results: [(suite: String, name: String, status: ResultStatus)])],
        configured: ConfiguredKnownIssues = .none,
        from number: Int
    ) async throws -> UUID {
        let id = UUID()
        let entries = jobs.map { JobEntry(environment: $0.environment, backend: "lab-a", definition: "device_type: x") }
        let document = JobsetDocument(build: try #require(Build(build)), jobs: entries)
        _ = try await test.store.acceptJobset(id: id, document: document)
        try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
        for (index, row) in try await test.rows(of: id).enumerated() {
            try await Self.end(test, row, jobs[index].results, configured, number + index)
        }
        return id
    }

    private static func end(
        _ test: TestStore,
        _ row: Int,
        _ results: [(suite: String, name: String, status: ResultStatus)],
        _ configured: ConfiguredKnownIssues,
        _ number: Int
    ) async throws {
        let labJob = try await test.endInLab(row, [number: "Complete"])[0]
        let rows = results.map { TestStore.result($0.name, $0.status, suite: $0.suite) }
        _ = try await test.store.finishLabJobs(
            [FetchedLabJob(id: labJob, results: rows)],
            knownIssues: configured
        )
    }

    private static func add(
        _ test: TestStore,
        _ pattern: TestPattern,
        to project: String = "project",
        expires: String? = nil
    ) async throws {
        let wish = KnownIssueWish(pattern: pattern, reason: pattern.line, expires: expires)
        _ = try await test.store.addKnownIssue(wish, to: "group", project, by: "somebody")
    }

    @Test("They do not fail a build, are counted apart, and what passes again is known")
    func passes() async throws {
        try await TestStore.with { test in
            try await Self.add(test, TestPattern(environment: "qemu*", suite: "ltp", test: "fcntl*"))
            try await Self.add(test, TestPattern(suite: "net"))
            let results: [Said] = [
                ("ltp", "fcntl01", .fail), ("ltp", "fcntl02", .fail), ("ltp", "open", .pass), ("net", "ping", .pass),
                ("lava", "validate", .pass),
            ]
            let id = try await Self.ended(test, [("qemu-1", results)], from: 7)
            let jobset = try #require(try await test.store.jobset(id: id))
            #expect(jobset.verdict == .passed)
            #expect(jobset.failures == 0)
            #expect(jobset.tests == TestCounts(pass: 2, fail: 0, xfail: 2, skip: 0, unknown: 0))
            #expect(try await test.store.jobs(of: id)[0].hasFailed == false)
            #expect(try await test.store.results(of: id, ResultFilter(status: .fail)).isEmpty)
            let known = try await test.store.results(of: id, ResultFilter(status: .xfail)).map(\.name)
            #expect(known == ["fcntl01", "fcntl02"])
            let outcomes = try await test.store.knownIssueOutcomes(of: id, limit: 10)
            #expect(outcomes.map(\.pattern.line) == ["qemu* ltp/fcntl*", "net/*"])
            #expect(outcomes.map(\.failures) == [2, 0])
            #expect(outcomes.map(\.passes) == [0, 1])
            #expect(outcomes.map(\.passesAgain) == [false, true])
            #expect(outcomes.map(\.environments) == [1, 0])
        }
    }

    @Test("Of another environment, another project, an expired or removed one, a failure is a failure")
    func others() async throws {
        try await TestStore.with { test in
            try await Self.add(test, TestPattern(environment: "qemu*", suite: "ltp"))
            try await Self.add(test, TestPattern(suite: "ltp"), to: "other")
            try await Self.add(test, TestPattern(suite: "ltp", test: "a"), expires: "2020-01-01")
            // What is a wildcard to SQL is none here.
            try await Self.add(test, TestPattern(suite: "l_p"))
            try await Self.add(test, TestPattern(suite: "%"))
            let failing: [Said] = [("ltp", "a", .fail)]
            let id = try await Self.ended(test, [("pi", failing), ("qemu", failing)], from: 7)
            let jobset = try #require(try await test.store.jobset(id: id))
            #expect(jobset.verdict == .failed)
            #expect(jobset.failures == 1)
            #expect(jobset.tests == TestCounts(pass: 0, fail: 1, xfail: 1, skip: 0, unknown: 0))

            let issues = try await test.store.knownIssues(of: "group", "project")
            #expect(issues.map(\.isExpired) == [false, false, true, false])
            for issue in issues {
                _ = try await test.store.removeKnownIssue(try #require(issue.id), of: "group", "project")
            }
            let again = try await Self.ended(test, build: "/group/project/v2", [("qemu", failing)], from: 17)
            #expect(try await test.store.jobset(id: again)?.verdict == .failed)
            // What was counted stays counted.
            #expect(try await test.store.jobset(id: id)?.tests.xfail == 1)
            #expect(try await test.store.knownIssueOutcomes(of: id, limit: 10).map(\.failures) == [1])
        }
    }

    @Test("Those of the configuration come first, and a test counts for one")
    func configured() async throws {
        try await TestStore.with { test in
            try await Self.add(test, TestPattern(suite: "ltp"))
            let configured = ConfiguredKnownIssues([
                "group/project": [
                    KnownIssueWish(pattern: TestPattern(suite: "ltp", test: "a"), reason: "configured"),
                    KnownIssueWish(pattern: TestPattern(suite: "net"), reason: "expired", expires: "2020-01-01"),
                ]
            ])
            let results: [Said] = [("ltp", "a", .fail), ("ltp", "b", .fail), ("net", "c", .fail)]
            let id = try await Self.ended(test, [("e", results)], configured: configured, from: 7)
            let outcomes = try await test.store.knownIssueOutcomes(of: id, limit: 10)
            #expect(outcomes.map(\.reason) == ["ltp/*", "configured"])
            #expect(outcomes.map(\.failures) == [1, 1])
            #expect(try await test.store.jobset(id: id)?.tests.fail == 1)
        }
    }

    @Test("A retried job is counted by what is known when it ends again")
    func retried() async throws {
        try await TestStore.with { test in
            try await Self.add(test, TestPattern(suite: "ltp"))
            let results: [Said] = [("ltp", "a", .fail), ("net", "b", .fail)]
            let id = try await Self.ended(test, [("e", results)], from: 7)
            #expect(
                try await test.store.jobset(id: id)?.tests
                    == TestCounts(pass: 0, fail: 1, xfail: 1, skip: 0, unknown: 0)
            )
            try await Self.add(test, TestPattern(suite: "net"))
            try await test.store.storeReport(
                ArchivedReport(
                    Dictionary(uniqueKeysWithValues: ReportFormat.allCases.map { ($0, $0 == .json ? "{}" : "report") })
                ),
                of: id,
                generation: 1
            )
            try await test.client.execute("update delivery set state = 'delivered', ended_at = now()")
            _ = try await test.store.retryJobs(of: id, .all)
            #expect(try await test.store.knownIssueOutcomes(of: id, limit: 10).isEmpty)
            try await test.client.execute("update job set resume_at = null where jobset_id = \(id)")
            try await Self.end(test, try await test.rows(of: id)[0], results, .none, 17)
            let jobset = try #require(try await test.store.jobset(id: id))
            #expect(jobset.verdict == .passed)
            #expect(jobset.tests == TestCounts(pass: 0, fail: 0, xfail: 2, skip: 0, unknown: 0))
            #expect(try await test.store.knownIssueOutcomes(of: id, limit: 10).map(\.failures) == [1, 1])
            let change = try #require(try await test.store.changes(of: id, in: 2, limit: 10).first)
            #expect(change.before.tests.xfail == 1)
        }
    }

    @Test("Of the same tests there is one, and a project has so many")
    func stored() async throws {
        try await TestStore.with { test in
            let pattern = TestPattern(suite: "ltp")
            try await Self.add(test, pattern)
            let wish = KnownIssueWish(
                pattern: pattern,
                reason: "other",
                url: "https://example.org",
                expires: "2999-12-31"
            )
            let issue = try await test.store.addKnownIssue(wish, to: "group", "project", by: "another")
            #expect(try await test.store.knownIssues(of: "group", "project") == [issue])
            #expect(issue.reason == "other")
            #expect(issue.expires == "2999-12-31")
            #expect(issue.createdBy == "another")
            for number in 1..<maximumKnownIssues { try await Self.add(test, TestPattern(suite: "s\(number)")) }
            await #expect(throws: FleetRefusal.tooManyKnownIssues(maximum: maximumKnownIssues)) {
                try await Self.add(test, TestPattern(suite: "one more"))
            }
            // Another takes the place of one that is there, and another project has its own.
            try await Self.add(test, TestPattern(suite: "s1"))
            try await Self.add(test, TestPattern(suite: "one more"), to: "other")
            let number = try #require(issue.id)
            await #expect(throws: FleetRefusal.noSuchKnownIssue(number: number)) {
                _ = try await test.store.removeKnownIssue(number, of: "group", "other")
            }
        }
    }

    @Test("A comparison takes a known failure for no regression, and its fix for one")
    func compared() async throws {
        try await TestStore.with { test in
            let before: [Said] = [("ltp", "a", .pass), ("ltp", "b", .fail), ("ltp", "c", .fail)]
            let first = try await Self.ended(test, build: "/group/project/v1", [("e", before)], from: 7)
            try await Self.add(test, TestPattern(suite: "ltp", test: "[ab]"))
            try await Self.add(test, TestPattern(suite: "ltp", test: "a"))
            try await Self.add(test, TestPattern(suite: "ltp", test: "b"))
            let after: [Said] = [("ltp", "a", .fail), ("ltp", "b", .fail), ("ltp", "c", .fail)]
            let second = try await Self.ended(test, build: "/group/project/v2", [("e", after)], from: 17)
            let comparison = try await test.store.compare(second, with: first, limit: 10, metricLimit: 10)
            #expect(comparison.totals == [.stillFailing: 1])
            let fixed: [Said] = [("ltp", "a", .pass), ("ltp", "b", .pass), ("ltp", "c", .fail)]
            let third = try await Self.ended(test, build: "/group/project/v3", [("e", fixed)], from: 27)
            let fixes = try await test.store.compare(third, with: second, limit: 10, metricLimit: 10)
            #expect(fixes.tests[.fix]?.map(\.name) == ["a", "b"])
            #expect(fixes.tests[.fix]?.map(\.before) == [.xfail, .xfail])
        }
    }
}
