// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import Testing

@testable import Fleet

@Suite("The report for mailing lists")
struct ListReportTests {
    /// What is told of a build with regressions on several boards.
    private static let report: FinishedJobsetReport = {
        var jobset = Sample.mixed.jobset
        jobset.source = Sample.source
        var comparison = Sample.comparison
        var other = Sample.compared("fork13", .pass, .fail)
        other.environment = "juno-r2"
        other.url = "https://lava.example.org/scheduler/job/1002#L7"
        comparison.regressions = ComparedTests([other] + comparison.regressions.tests)
        return FinishedJobsetReport(
            jobset: jobset,
            jobs: Sample.mixed.jobs,
            failedTests: Sample.mixed.failedTests,
            baseline: .compared(comparison),
            suites: Sample.full.suites,
            page: "https://muster.example.org/jobsets/6f1c2d3e-0000-4000-8000-000000000001"
        )
    }()

    @Test("Verdict, source, regressions with their boards and fixes come first; counts by environment and suite end it")
    func reading() {
        let expected = """
            next-20261123 failed: 2 of 1,213 tests failed, 3 of them new since
            next-20261122, 1 of 4 jobs was refused by the lab and 1 of 4 jobs is
            missing.

            Build:     /lkft/linux-next/next-20261123
            Tree:      linux-next
            Git:       https://git.kernel.org/pub/scm/linux/kernel/git/next/linux-next.git
            Branch:    master
            Describe:  next-20261123
            Commit:    0123456789abcdef0123456789abcdef01234567
            Target:    arm64, defconfig, gcc-13
            Baseline:  /lkft/linux-next/next-20261122, 2 regressions, 1 new failure,
                       2 fixes, 1,200 vanished, 7 still failing
            Details:   https://muster.example.org/jobsets/6f1c2d3e-0000-4000-8000-000000000001
            Label:     branch = master

            Jobs:      4 (2 complete, 1 incomplete, 1 rejected)
            Tests:     1,213 (1,210 passed, 2 failed, 1 skipped)
            Note:      1 job was retried; only the last attempt of each counts.

            Regressions (2)

              ltp-syscalls
                fork13: pass -> fail
                  on juno-r2, qemu-arm64
                  https://lava.example.org/scheduler/job/1002#L7

            New failures (1)

              ltp-syscalls
                fork01: new -> fail
                  on qemu-arm64
                  https://lava.example.org/scheduler/job/1000#L123

            Jobs that did not complete (2)

              juno-r2: incomplete after 2 attempts, lab-a
                Infrastructure: bootloader-interrupt timed out after 30 seconds
                https://lava.example.org/scheduler/job/1002
                attempt 1: incomplete
                  Infrastructure: connection to the power switch was lost
                  https://lava.example.org/scheduler/job/998
              rpi4: rejected, lab-a
                Invalid definition: extra keys not allowed

            Fixes (2)

              ltp-syscalls
                fork02: fail -> pass
                  on qemu-arm64
                fork03: fail -> pass
                  on qemu-arm64

            Environments (4)

              environment  jobs  done   pass  fail  skip
              juno-r2         1     0      0     0     0
              qemu-arm64      1     1  1,200     2     0
              rpi4            1     0      0     0     0
              qemu-x86_64     1     1     10     0     1

            Suites (1)

              suite          pass  fail  skip
              ltp-syscalls  1,200     2     0

            """
        let text = ListReport.text(Self.report).split(separator: "\n", omittingEmptySubsequences: false)
        let lines = expected.split(separator: "\n", omittingEmptySubsequences: false)
        for (line, wanted) in zip(text, lines) { #expect(line == wanted) }
        #expect(text.count == lines.count)
    }

    @Test("Without a baseline all failures are listed; with one, those that are no news are counted")
    func failures() {
        let alone = ListReport.text(Sample.mixed)
        #expect(alone.contains("Failed tests (2)\n\n  ltp-syscalls\n    fork01\n      on qemu-arm64\n      https://"))
        #expect(!alone.contains("Baseline:"))
        let text = ListReport.text(
            FinishedJobsetReport(
                jobset: Sample.mixed.jobset,
                jobs: Sample.mixed.jobs,
                failedTests: Sample.mixed.failedTests,
                baseline: .compared(ReportedComparison(jobset: Sample.comparison.jobset, stillFailing: 2))
            )
        )
        #expect(text.contains("Other failed tests (2)\n\n  They failed before as well"))
        #expect(!text.contains("fork01"))
    }

    @Test("An empty jobset has a report as well")
    func empty() {
        let text = ListReport.text(FinishedJobsetReport(jobset: Sample.jobset(.passed), jobs: [], failedTests: []))
        #expect(text.hasPrefix("next-20261123 passed: it had no jobs.\n"))
        #expect(!text.contains("Environments") && !text.contains("Suites"))
    }

    @Test("No name, however hostile or long, forges a line or widens the page; links stay whole")
    func hostile() {
        for report in [Sample.hostile, Sample.hostileMarkup, Sample.ugly, Sample.full, Sample.large()] {
            let text = ListReport.text(report)
            let lines = text.split(separator: "\n")
            let wide = lines.filter { $0.unicodeScalars.count > ListReport.width && !$0.contains("https://") }
            // What has no space is not broken in the facts at the top.
            #expect(wide.allSatisfy { $0.hasPrefix("Build: ") })
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
            #expect(!lines.contains { $0.hasPrefix("PASSED") })
            #expect(text.utf8.count < 60_000)
        }
    }
}
