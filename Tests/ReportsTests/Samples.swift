// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports

@testable import Fleet

/// Reports to test with.
enum Sample {
    static let id = UUID(uuidString: "6F1C2D3E-0000-4000-8000-000000000001") ?? UUID()
    static let start = Date(timeIntervalSince1970: 1_795_000_000)

    /// What a build was made of.
    static let source: JobsetSource = {
        var source = JobsetSource()
        source.tree = "linux-next"
        source.gitURL = "https://git.kernel.org/pub/scm/linux/kernel/git/next/linux-next.git"
        source.branch = "master"
        source.commit = "0123456789abcdef0123456789abcdef01234567"
        source.describe = "next-20261123"
        source.architecture = "arm64"
        source.config = "defconfig"
        source.compiler = "gcc-13"
        return source
    }()

    static func jobset(_ verdict: Verdict, labels: [String: String] = [:]) -> Jobset {
        Jobset(
            id: id,
            build: "/lkft/linux-next/next-20261123",
            state: .finished,
            verdict: verdict,
            generation: 1,
            total: 1,
            pending: 0,
            waiting: 0,
            inLab: 0,
            outcomes: [:],
            tests: TestCounts(),
            callbackURL: ReceiverAddress("https://ci.example.org/?token=hunter2"),
            labels: labels,
            retries: 0,
            priority: 50,
            isSealed: true,
            failures: 0,
            createdAt: start,
            finishedAt: start.addingTimeInterval(7_500)
        )
    }

    static func job(
        _ position: Int,
        _ environment: String,
        outcome: JobOutcome = .complete,
        reason: String? = nil,
        tests: TestCounts = TestCounts(pass: 10, fail: 0, skip: 1, unknown: 0),
        attempts: Int = 1,
        attemptHistory: [Attempt] = []
    ) -> Job {
        Job(
            id: 7_000 + position,
            position: position,
            environment: environment,
            backend: "lab-a",
            state: .finished,
            outcome: outcome,
            reason: reason,
            tests: tests,
            attempts: attempts,
            labJobs: outcome == .rejected
                ? []
                : [
                    LabJob(
                        number: 1_000 + position,
                        url: LabAddresses.page(of: 1_000 + position, labURL: "https://lava.example.org/"),
                        health: "Complete",
                        device: "qemu-01"
                    )
                ],
            attemptHistory: attemptHistory,
            createdAt: start,
            finishedAt: start.addingTimeInterval(7_500)
        )
    }

    static func attempt(_ number: Int, _ reason: String, labJob: Int) -> Attempt {
        let page = LabAddresses.page(of: labJob, labURL: "https://lava.example.org/")
        return attempt(
            number,
            reason,
            labJobs: [LabJob(number: labJob, url: page, health: "Incomplete", device: "juno-01")]
        )
    }

    static func attempt(
        _ number: Int,
        _ reason: String?,
        outcome: JobOutcome = .incomplete,
        at: Date? = nil,
        labJobs: [LabJob] = []
    ) -> Attempt {
        Attempt(
            number: number,
            state: .ended,
            outcome: outcome,
            reason: reason,
            tries: 0,
            createdAt: start,
            submittedAt: at,
            endedAt: at,
            labJobs: labJobs
        )
    }

    static func test(_ job: Int, _ environment: String, _ suite: String, _ name: String) -> TestResult {
        TestResult(
            position: job,
            environment: environment,
            backend: "lab-a",
            jobOutcome: .complete,
            labJob: 1_000 + job,
            suite: suite,
            suiteNumber: 1,
            name: name,
            status: .fail,
            url: LabAddresses.page(of: 1_000 + job, labURL: "https://lava.example.org/")
        )
    }

    /// One job of each kind that a person wants to see.
    static let mixed = FinishedJobsetReport(
        jobset: jobset(.failed, labels: ["branch": "master"]),
        jobs: [
            job(0, "qemu-arm64", tests: TestCounts(pass: 1_200, fail: 2, skip: 0, unknown: 0)),
            job(1, "qemu-x86_64"),
            job(
                2,
                "juno-r2",
                outcome: .incomplete,
                reason: "Infrastructure: bootloader-interrupt timed out after 30 seconds",
                tests: TestCounts(),
                attempts: 2,
                attemptHistory: [attempt(1, "Infrastructure: connection to the power switch was lost", labJob: 998)]
            ),
            job(
                3,
                "rpi4",
                outcome: .rejected,
                reason: "Invalid definition:\nextra keys not allowed",
                tests: TestCounts()
            ),
        ],
        failedTests: [test(0, "qemu-arm64", "ltp-syscalls", "fork13"), test(0, "qemu-arm64", "ltp-syscalls", "fork01")]
    )

    /// Names and reasons as somebody with bad intentions would write them.
    static let hostile = FinishedJobsetReport(
        jobset: jobset(.incomplete, labels: ["\u{1B}[2J": "a\r\nPASSED"]),
        jobs: [
            job(
                0,
                "env\u{1B}[31mred\u{7}",
                outcome: .incomplete,
                reason: "\u{202E}gnp\u{9B}2J\r\nlab-a: complete\u{0}"
            ),
            job(1, String(repeating: "x", count: 5_000), outcome: .lost, reason: String(repeating: "y", count: 50_000)),
            job(2, "z" + String(repeating: "\u{301}", count: 5_000), outcome: .lost, reason: " "),
        ],
        failedTests: [test(0, "e\u{8}", "s\u{2028}\u{85}", "n\u{7F}\u{200B}\t\u{FEFF}")]
    )

    /// 10,000 jobs, of which a tenth did not complete, and 20,000 failed tests.
    static func large() -> FinishedJobsetReport {
        let failing = TestCounts(pass: 5, fail: 2, skip: 0, unknown: 0)
        return FinishedJobsetReport(
            jobset: jobset(.incomplete),
            jobs: (0..<10_000).map { position in
                position.isMultiple(of: 10)
                    ? job(
                        position,
                        "board-\(position % 300)",
                        outcome: .incomplete,
                        reason: "Job timed out",
                        tests: failing
                    )
                    : job(position, "board-\(position % 300)", tests: failing)
            },
            failedTests: (0..<10_000).map { test($0, "board-\($0 % 300)", "ltp", "case-\($0)") }
        )
    }
}
