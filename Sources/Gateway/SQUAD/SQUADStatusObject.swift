// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// How a build stands in SQUAD's JSON. What SQUAD would compare with another build stands in the report.
enum SQUADStatusObject {
    static func members(
        of build: SQUADBuild,
        _ totals: SQUADBuildTotals,
        _ jobset: Jobset?,
        baseline: Int?,
        _ links: SQUADLinks
    ) -> [String: JSONValue] {
        let tests = totals.environments.reduce(TestCounts()) { $0 + $1.tests }
        let ended = totals.environments.reduce(0) { $0 + $1.ended }
        let completed = totals.environments.reduce(0) { $0 + $1.completed }
        let environments = totals.environments.filter { $0.ended > 0 }.map { ($0.name, details(of: $0)) }
        return counts(of: tests).merging([
            "pass_percentage": percentage(tests.pass, of: tests), "fail_percentage": percentage(tests.fail, of: tests),
            "skip_percentage": percentage(tests.skip + tests.unknown, of: tests),
            "test_runs_total": .number(ended), "test_runs_completed": .number(completed),
            "test_runs_incomplete": .number(ended - completed),
            "finished": .truth(totals.isFinished), "notified": .truth(totals.isFinished),
            "notified_on_timeout": .null, "approved": false,
            "last_updated": .squadTime(totals.finishedAt), "created_at": .squadTime(build.createdAt),
            "build": links.build(build.id), "baseline": baseline.map { links.build($0) } ?? .null,
            "has_tests": .truth(tests.total > 0), "has_metrics": false, "metrics_summary": .null,
            "regressions": .null, "fixes": .null, "metric_regressions": .null, "metric_fixes": .null,
            "details": .object(Dictionary(environments) { first, _ in first }),
            // Ours.
            "muster_jobset": .text(build.jobset.text),
            "muster_verdict": .text(orNull: jobset?.verdict?.rawValue),
            "muster_sealed": .truth(jobset?.isSealed ?? false),
        ]) { $1 }
    }

    /// How many jobs stand how, in the lab's words.
    static func summary(of environments: [SQUADBuildTotals.Environment]) -> JSONValue {
        var counts: [String: Int] = [:]
        for (status, jobs) in environments.flatMap(\.statuses) {
            counts[word(for: status) ?? "null", default: 0] += jobs
        }
        return .object(counts.mapValues { .number($0) })
    }

    /// LAVA's word for how one of our jobs stands or has ended; `nil` for one that is in no lab yet.
    static func word(for status: String) -> String? {
        switch (JobState(rawValue: status), JobOutcome(rawValue: status)) {
        case (.submitted, _): "Submitted"
        case (_, .complete): "Complete"
        case (_, .canceled): "Canceled"
        case (_, .incomplete), (_, .rejected), (_, .lost), (_, .expired), (_, .undeliverable): "Incomplete"
        // Waiting, or a word that this version does not know and SQUAD has none for.
        case (_, nil): nil
        }
    }

    private static func details(of environment: SQUADBuildTotals.Environment) -> JSONValue {
        .object(counts(of: environment.tests).merging(["testruns": .number(environment.ended)]) { $1 })
    }

    /// SQUAD knows no other end of a test case than pass, fail and skip; known issues it alone knows.
    private static func counts(of tests: TestCounts) -> [String: JSONValue] {
        [
            "tests_total": .number(tests.total), "tests_pass": .number(tests.pass), "tests_fail": .number(tests.fail),
            "tests_skip": .number(tests.skip + tests.unknown), "tests_xfail": .number(tests.xfail),
        ]
    }

    /// To a hundredth.
    private static func percentage(_ number: Int, of tests: TestCounts) -> JSONValue {
        guard tests.total > 0 else { return 0 }
        return .fraction((Double(number) * 10_000 / Double(tests.total)).rounded() / 100)
    }
}
