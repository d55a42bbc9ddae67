// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Metric limits", .timeLimit(.minutes(10)))
struct MetricLimitTests {
    private static func measured(_ name: String, _ value: String, _ status: ResultStatus = .pass) -> ResultRow {
        ResultRow(
            suite: "boot",
            suiteNumber: 3,
            name: name,
            status: status,
            measurement: value,
            units: "s",
            startLogLine: nil,
            endLogLine: nil
        )
    }

    private static let limits = [
        MetricLimit(pattern: TestPattern(test: "*-time"), better: .lower, percent: 10),
        MetricLimit(pattern: TestPattern(test: "*-rate"), better: .higher, percent: 10),
        MetricLimit(pattern: TestPattern(suite: "boot"), better: .lower, percent: 1_000),
    ]

    /// Ends a jobset of one job with these results, and gives what they say in the end.
    private static func end(
        _ test: TestStore,
        number: Int,
        limits: [String: [MetricLimit]] = ["group/project": limits],
        knownIssues: ConfiguredKnownIssues = .none,
        _ results: [ResultRow]
    ) async throws -> [String: ResultStatus] {
        let (id, jobs) = try await test.accept(jobs: 1)
        let labJob = try await test.endInLab(jobs[0], [number: "Complete"])[0]
        _ = try await test.store.finishLabJobs(
            [FetchedLabJob(id: labJob, results: results)],
            knownIssues: knownIssues,
            metricLimits: MetricLimits(limits)
        )
        let job = try #require(try await test.store.jobs(of: id).first)
        let found = try await test.store.results(of: id, ResultFilter())
        #expect(job.tests.fail == found.count { $0.status == .fail })
        #expect(job.tests.pass == found.count { $0.status == .pass })
        while try await test.store.recordHistory() {}
        return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.status) })
    }

    /// Some jobsets in which each of these was 100.
    private static func prepare(_ test: TestStore, _ names: [String]) async throws {
        for number in 1...3 {
            let said = try await end(
                test,
                number: number,
                names.map { measured($0, $0.hasPrefix("-") ? "-100" : "100") }
            )
            #expect(said.values.allSatisfy { $0 == .pass }, "\(said)")
        }
    }

    @Test("What is worse than usual by more than the limit fails, in either direction, and nothing else does")
    func limit() async throws {
        let cases: [(name: String, value: String, status: ResultStatus, expected: ResultStatus)] = [
            ("a-time", "110", .pass, .pass), ("b-time", "110.1", .pass, .fail), ("c-time", "1", .pass, .pass),
            ("a-rate", "90", .pass, .pass), ("b-rate", "89.9", .pass, .fail), ("c-rate", "900", .pass, .pass),
            ("-a-time", "-90", .pass, .pass), ("-b-time", "-89", .pass, .fail), ("-c-rate", "-111", .pass, .fail),
            ("skipped-time", "900", .skip, .skip), ("failed-time", "900", .fail, .fail),
            ("other", "1100", .pass, .pass), ("another", "1101", .pass, .fail),
        ]
        try await TestStore.with { test in
            try await Self.prepare(test, cases.map(\.name))
            let new = "123456789012345678901234567890"
            let said = try await Self.end(
                test,
                number: 9,
                cases.map { Self.measured($0.name, $0.value, $0.status) }
                    + [Self.measured("new-time", new), TestStore.result("b-time of kselftest", .pass)]
            )
            for (name, _, _, expected) in cases { #expect(said[name] == expected, "\(name)") }
            #expect(said["new-time"] == .pass && said["b-time of kselftest"] == .pass)
        }
    }

    @Test("One bad run does not make the next good, and zero is no measure")
    func median() async throws {
        try await TestStore.with { test in
            try await Self.prepare(test, ["a-time"])
            for number in 4...5 {
                let said = try await Self.end(
                    test,
                    number: number,
                    [Self.measured("a-time", "500"), Self.measured("zero-time", "0")]
                )
                #expect(said == ["a-time": .fail, "zero-time": .pass])
            }
            let said = try await Self.end(
                test,
                number: 6,
                [Self.measured("a-time", "300"), Self.measured("zero-time", "7")]
            )
            #expect(said == ["a-time": .fail, "zero-time": .pass])
        }
    }

    @Test("A known issue covers it, and the limits of another project do not")
    func known() async throws {
        let issue = KnownIssueWish(pattern: TestPattern(test: "a-time"), reason: "slow board")
        try await TestStore.with { test in
            try await Self.prepare(test, ["a-time", "b-time"])
            let slow = [Self.measured("a-time", "500"), Self.measured("b-time", "500")]
            let known = ConfiguredKnownIssues(["group/project": [issue]])
            #expect(
                try await Self.end(test, number: 4, knownIssues: known, slow) == ["a-time": .xfail, "b-time": .fail]
            )
            let others = try await Self.end(test, number: 5, limits: ["group/other": Self.limits], slow)
            #expect(others == ["a-time": .pass, "b-time": .pass])
        }
    }
}
