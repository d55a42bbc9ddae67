// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports

@testable import Fleet

/// Five builds as kernel teams have them: what `docs/report.md` shows.
extension Sample {
    static let builds: [String: FinishedJobsetReport] = [
        "passed": passedBuild, "regressions": regressionsBuild, "failures": failuresBuild, "canceled": canceledBuild,
        "empty": emptyBuild,
    ]

    private static let page = "https://muster.example.org/jobsets/6f1c2d3e-0000-4000-8000-000000000001"
    private static let boards = ["juno-r2", "qemu-arm64", "qemu-x86_64", "raspberrypi-4", "rock-5b", "x15"]
    private static let names = ["boot", "kselftest", "ltp-fs", "ltp-syscalls", "network", "perf", "video", "xfstests"]

    private static func build(
        _ verdict: Verdict,
        jobs: [Job],
        failed: [TestResult] = [],
        knownIssues: [KnownIssueOutcome] = [],
        comparison: ReportedComparison? = nil,
        metrics: [ComparedMeasurement] = []
    ) -> FinishedJobsetReport {
        FinishedJobsetReport(
            jobset: jobset(verdict, labels: ["branch": "master"]),
            jobs: jobs,
            failedTests: failed,
            baseline: comparison.map { .compared($0) } ?? ReportedBaseline.none,
            metrics: ReportedMetrics(metrics),
            times: times,
            knownIssues: knownIssues,
            page: page
        )
    }

    private static func job(
        _ position: Int,
        _ outcome: JobOutcome = .complete,
        _ reason: String? = nil,
        fail: Int = 0,
        xfail: Int = 0
    ) -> Job {
        var job = job(
            position,
            boards[position % boards.count],
            outcome: outcome,
            reason: reason,
            tests: outcome == .complete && reason == nil
                ? TestCounts(pass: 240 + position - fail, fail: fail, xfail: xfail, skip: 3, unknown: 0) : TestCounts()
        )
        job.name = names[position / boards.count % names.count]
        return job
    }

    private static func failure(_ position: Int, _ suite: String, _ name: String) -> TestResult {
        var test = test(position, boards[position % boards.count], suite, name)
        test.jobName = names[position / boards.count % names.count]
        test.url = test.url.map { "\($0)#L\(1_000 + name.utf8.count)" }
        return test
    }

    private static func regression(_ position: Int, _ suite: String, _ name: String) -> ComparedTest {
        var test = compared(name, .pass, .fail)
        test.environment = boards[position % boards.count]
        test.jobName = names[position / boards.count % names.count]
        test.suite = suite
        test.url = "https://lava.example.org/scheduler/job/\(1_000 + position)#L\(1_000 + name.utf8.count)"
        return test
    }

    private static let passedBuild = build(.passed, jobs: (0..<8).map { job($0) })

    /// 48 jobs, 21 regressions, 4 lost.
    private static let regressionsBuild: FinishedJobsetReport = {
        let boot = (0..<6).map { (position: 18 + $0, name: "fork13") }
        let others = (0..<15).map { (position: 24 + $0, name: "socket_\($0 + 1)") }
        let regressions = (boot + others).map { regression($0.position, $0.name == "fork13" ? "ltp" : "net", $0.name) }
        let positions = Set((boot + others).map(\.position))
        let jobs = (0..<48).map { position in
            position >= 44
                ? job(position, .lost, "the lab does not know the job any more")
                : job(position, fail: positions.contains(position) ? 1 : 0, xfail: position < 6 ? 2 : 0)
        }
        return build(
            .failed,
            jobs: jobs,
            failed: (boot + others).map { failure($0.position, $0.name == "fork13" ? "ltp" : "net", $0.name) },
            knownIssues: [
                KnownIssueOutcome(
                    TestPattern(suite: "boot", test: "thermal*"),
                    reason: "thermal zones are registered late",
                    url: "https://bugs.example.org/17",
                    failures: 12,
                    passes: 0,
                    environments: 6
                )
            ],
            comparison: ReportedComparison(
                jobset: comparison.jobset,
                regressions: ComparedTests(regressions),
                stillFailing: 3
            ),
            metrics: [metric("boot", 1_200, 1_500), metric("init", 0.25, 0.251, "s")]
        )
    }()

    /// 400 jobs with 2,130 failures of 12 reasons.
    private static let failuresBuild: FinishedJobsetReport = {
        let reasons = (1...12).map { "Infrastructure: power switch \($0) does not answer" }
        let jobs = (0..<400).map { position in
            position < 36
                ? job(position, .incomplete, reasons[position % 12]) : job(position, fail: position < 391 ? 6 : 0)
        }
        let failed = (36..<391).flatMap { position in
            (1...6).map { failure(position, "ltp", "case_\($0 + position % 40 * 6)") }
        }
        return build(.failed, jobs: jobs, failed: failed)
    }()

    private static let canceledBuild: FinishedJobsetReport = {
        var report = build(
            .canceled,
            jobs: (0..<8).map { $0 < 3 ? job($0) : job($0, .canceled, "canceled: superseded by next-20261124") }
        )
        report.jobset.canceledAt = start.addingTimeInterval(3_600)
        report.jobset.canceledReason = "superseded by next-20261124 (ci)"
        return report
    }()

    private static let emptyBuild = build(
        .incomplete,
        jobs: (0..<8).map { position in
            position < 3 ? job(position, .incomplete, "it completed without a result of its own") : job(position)
        }
    )
}
