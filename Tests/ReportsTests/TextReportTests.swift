// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import Testing

@testable import Fleet

@Suite("The text report")
struct TextReportTests {
    @Test("What needs a person stands first: verdict, unfinished jobs, failed tests, then the rest")
    func reading() {
        let expected = """
            /lkft/linux-next/next-20261123: FAILED, 1 of 4 jobs rejected, 1 missing
            next-20261123 failed: 2 of 1,213 tests failed, 1 of 4 jobs was refused by the lab and 1 of 4 jobs is
            missing.

            Finished 2026-11-18 13:11:40 UTC after 2 h 5 min.
            Jobset 6f1c2d3e-0000-4000-8000-000000000001.

            Jobs:  4 (2 complete, 1 incomplete, 1 rejected)
            Tests: 1,213 (1,210 passed, 2 failed, 1 skipped)
            Note:  1 job was retried; only the last attempt of each counts.
            Label: branch = master

            Jobs that did not complete (2)

              juno-r2: incomplete after 2 attempts, lab-a
                Infrastructure: bootloader-interrupt timed out after 30 seconds
                https://lava.example.org/scheduler/job/1002
                attempt 1: incomplete
                  Infrastructure: connection to the power switch was lost
                  https://lava.example.org/scheduler/job/998
              rpi4: rejected, lab-a
                Invalid definition: extra keys not allowed

            Failed tests (2)

              qemu-arm64
                ltp-syscalls
                https://lava.example.org/scheduler/job/1000
                  - fork01
                  - fork13

            Environments (4)

              environment  jobs  complete  passed  failed  skipped  unknown
              juno-r2         1         0       0       0        0        0
              qemu-arm64      1         1   1,200       2        0        0
              rpi4            1         0       0       0        0        0
              qemu-x86_64     1         1      10       0        1        0

            """
        #expect(TextReport.text(Sample.mixed) == expected)
    }

    @Test("An empty jobset has a report that says so")
    func empty() {
        let text = TextReport.text(FinishedJobsetReport(jobset: Sample.jobset(.passed), jobs: [], failedTests: []))
        #expect(text.contains("PASSED"))
        #expect(text.contains("Jobs:  none"))
        #expect(!text.contains("Failed tests"))
        #expect(!text.contains("Environments"))
    }

    @Test("No name, however hostile, controls a terminal, forges a line or widens the page")
    func hostile() {
        let text = TextReport.text(Sample.hostile)
        let controls = text.unicodeScalars.filter {
            $0 != "\n" && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value))
        }
        #expect(controls.isEmpty)
        #expect(!text.unicodeScalars.contains { [0x202E, 0x200B, 0xFEFF, 0x2028].contains($0.value) })
        #expect(text.split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= TextReport.width })
        #expect(!text.split(separator: "\n").contains { $0.hasPrefix("PASSED") || $0.hasPrefix("lab-a: complete") })
        #expect(text.utf8.count < 20_000)
    }

    @Test("10,000 jobs make a page that a person can read, and that says what it left out")
    func large() {
        let text = TextReport.text(Sample.large())
        #expect(text.contains("Jobs that did not complete (1,000)"))
        #expect(text.contains("  1,000 incomplete: Job timed out\n") && text.contains("    and 995 more\n"))
        #expect(text.contains("Failed tests (20,000)"))
        #expect(text.contains("  and 19,800 more"))
        #expect(text.contains("  and 200 more"))
        #expect(text.split(separator: "\n").count < 1_500)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= TextReport.width })
    }

    @Test("A link is never broken, however long")
    func longLink() {
        var job = Sample.job(0, "env", outcome: .incomplete, reason: "gone")
        let url = "https://lava.example.org/" + String(repeating: "path/", count: 40) + "scheduler/job/1"
        job.labJobs = [LabJob(number: 1, url: url)]
        let text = TextReport.text(
            FinishedJobsetReport(jobset: Sample.jobset(.incomplete), jobs: [job], failedTests: [])
        )
        #expect(text.contains(url))
    }

    @Test("A clock that was set back is not a reason to fail")
    func clockSetBack() {
        var jobset = Sample.jobset(.passed)
        jobset.finishedAt = jobset.createdAt.addingTimeInterval(-100)
        let text = TextReport.text(FinishedJobsetReport(jobset: jobset, jobs: [], failedTests: []))
        #expect(text.contains("after 0 s."))
    }

    @Test("A build that passed says so of a suite that is gone, in its first sentence")
    func missingSuite() {
        let comparison = ReportedComparison(
            jobset: Sample.comparison.jobset,
            missingSuites: [MissingSuite(environment: "env", suite: "net", tests: 3)]
        )
        let report = FinishedJobsetReport(
            jobset: Sample.jobset(.passed),
            jobs: [Sample.job(0, "env", tests: TestCounts(pass: 3, fail: 0, skip: 0, unknown: 0))],
            failedTests: [],
            baseline: .compared(comparison)
        )
        let text = TextReport.text(report)
        #expect(
            text.contains("passed: all 3 tests of 1 job passed; 1 suite brings no results any more."),
            "\(text)"
        )
        #expect(text.contains("Missing suites (1)"))
    }
}
