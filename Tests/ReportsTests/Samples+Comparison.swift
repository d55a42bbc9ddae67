// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports

@testable import Fleet

/// Reports with all that there may be in one, to test with and to look at.
extension Sample {
    static func compared(_ name: String, _ before: ResultStatus?, _ after: ResultStatus?) -> ComparedTest {
        ComparedTest(
            environment: "qemu-arm64",
            suite: "ltp-syscalls",
            name: name,
            before: before,
            after: after,
            labJob: after == nil ? nil : 1_000,
            url: after == nil ? nil : "https://lava.example.org/scheduler/job/1000#L123"
        )
    }

    static func metric(_ name: String, _ before: Double?, _ after: Double, _ units: String? = "ms")
        -> ComparedMeasurement
    {
        ComparedMeasurement(
            environment: "qemu-arm64",
            suite: "boot-time",
            name: name,
            units: units,
            before: before,
            after: after
        )
    }

    static let comparison = ReportedComparison(
        jobset: BaselineJobset(
            id: UUID(uuidString: "0D1C2D3E-0000-4000-8000-000000000002") ?? UUID(),
            build: "/lkft/linux-next/next-20261122",
            verdict: .failed,
            finishedAt: start.addingTimeInterval(-80_000),
            isNamed: false
        ),
        regressions: ComparedTests([compared("fork13", .pass, .fail)]),
        newFailures: ComparedTests([compared("fork01", nil, .fail)]),
        fixes: ComparedTests([compared("fork02", .fail, .pass), compared("fork03", .fail, .pass)]),
        vanished: ComparedTests([compared("fork99", .pass, nil)], total: 1_200),
        stillFailing: 7,
        missingEnvironments: 1
    )

    static let times = JobTimes(
        jobs: 3,
        queue: JobTimes.Spread(median: 12, longest: 3_700, sum: 4_000),
        run: JobTimes.Spread(median: 600, longest: 7_000, sum: 8_000),
        slowest: [
            JobTime(
                position: 2,
                environment: "juno-r2",
                backend: "lab-a",
                outcome: .incomplete,
                labJob: 1_002,
                queueSeconds: 3_700,
                runSeconds: 7_000,
                url: "https://lava.example.org/scheduler/job/1002"
            )
        ]
    )

    /// What the sample ``mixed`` tells, and all the rest.
    static let full = FinishedJobsetReport(
        jobset: mixed.jobset,
        jobs: mixed.jobs,
        failedTests: mixed.failedTests,
        baseline: .compared(comparison),
        metrics: ReportedMetrics([
            metric("boot", 1_200, 1_500), metric("init", 0.25, 0.2, "s"), metric("new", nil, 123_456.7, nil),
        ]),
        times: times,
        suites: ReportedSuites([
            SuiteTotals(
                environment: "qemu-arm64",
                suite: "ltp-syscalls",
                tests: TestCounts(pass: 1_200, fail: 2, skip: 0, unknown: 0)
            )
        ])
    )

    /// Markup wherever somebody else writes.
    static let markup = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>]]><!--"

    static let hostileMarkup: FinishedJobsetReport = {
        let test = ComparedTest(
            environment: markup,
            suite: markup,
            suiteRun: 2,
            role: markup,
            name: markup,
            before: .pass,
            after: .fail,
            url: "javascript:alert(1)"
        )
        var bad = Sample.job(0, markup, outcome: .incomplete, reason: markup, attempts: 2)
        bad.backend = markup
        bad.labJobs = [
            LabJob(number: 1, role: markup, url: "javascript:alert(1)", health: markup, device: markup)
        ]
        bad.attemptHistory = [attempt(1, markup, labJob: 1)]
        var failed = Sample.test(0, markup, markup, markup + "\u{0}\u{FFFF}\u{1B}")
        failed.url = "https://lava.example.org/\"onmouseover=\"alert(1)"
        failed.role = markup
        failed.measurement = markup
        failed.units = markup
        var comparison = Sample.comparison
        comparison.jobset.build = markup
        comparison.regressions = ComparedTests([test])
        comparison.vanished = ComparedTests([test])
        var set = jobset(.incomplete, labels: [markup: markup])
        set.build = markup
        set.canceledAt = start
        set.canceledReason = markup
        set.sealedReason = markup
        return FinishedJobsetReport(
            jobset: set,
            jobs: [bad],
            failedTests: [failed],
            baseline: .compared(comparison),
            metrics: ReportedMetrics([
                ComparedMeasurement(
                    environment: markup,
                    suite: markup,
                    role: markup,
                    name: markup,
                    units: markup,
                    after: 1
                )
            ]),
            times: times,
            suites: ReportedSuites([SuiteTotals(environment: markup, suite: markup, tests: TestCounts())])
        )
    }()

    /// Names of a thousand letters without a space, as machines make them.
    static let ugly: FinishedJobsetReport = {
        let long = String(repeating: "averyveryverylongnamewithoutanyspace_", count: 27)
        var job = Sample.job(0, long, outcome: .incomplete, reason: long + "\n\n" + long, attempts: 12)
        job.labJobs += (2...4).map { number in
            LabJob(
                number: number,
                role: "role-\(number)",
                url: "https://lava.example.org/" + long,
                health: "Incomplete",
                device: long
            )
        }
        job.attemptHistory = (1...12).map { attempt($0, long, labJob: $0) }
        var comparison = Sample.comparison
        comparison.regressions = ComparedTests((0..<5).map { compared(long + "\($0)", .pass, .fail) })
        return FinishedJobsetReport(
            jobset: jobset(.incomplete, labels: [long: long]),
            jobs: [job] + (1..<40).map { Sample.job($0, "board-\($0)-" + long) },
            failedTests: (0..<20).map { test(0, long, long, "\($0)" + long) },
            baseline: .compared(comparison),
            metrics: ReportedMetrics([
                ComparedMeasurement(
                    environment: long,
                    suite: long,
                    name: long,
                    units: long,
                    before: 1e300,
                    after: -1e300
                )
            ]),
            times: times,
            suites: ReportedSuites([SuiteTotals(environment: long, suite: long, tests: TestCounts())])
        )
    }()
}
