// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import Testing

@testable import Fleet

@Suite("What reports say of retries, roles, cancellation and what was left out")
struct AttemptReportTests {
    @Test(
        "A line of a log is linked if it is one",
        arguments: [(0, "#L0"), (7, "#L7"), (nil, ""), (-1, ""), (.min, "")]
    )
    func line(number: Int?, end: String) {
        let page = LabAddresses.page(of: 5, labURL: "https://lab.example/", line: number)
        #expect(page == "https://lab.example/scheduler/job/5\(end)")
    }

    private func labJob(_ number: Int, role: String? = nil, health: String, leftOut: Int? = nil) -> LabJob {
        LabJob(
            number: number,
            role: role,
            url: LabAddresses.page(of: number, labURL: "https://lab.example"),
            health: health,
            device: "board",
            resultsLeftOut: leftOut
        )
    }

    /// A job retried in vain, one retried with success, a multinode job with a failed test.
    private func report() -> FinishedJobsetReport {
        var jobset = Sample.jobset(.canceled)
        jobset.canceledAt = Sample.start
        jobset.canceledReason = "superseded\u{1B} (eve)"
        var inVain = Sample.job(0, "rpi4", outcome: .incomplete, reason: "Infrastructure: no power", attempts: 2)
        inVain.labJobs = [labJob(11, health: "Incomplete")]
        inVain.attemptHistory = [
            Sample.attempt(
                1,
                "Infrastructure: no network",
                at: Sample.start,
                labJobs: [labJob(10, health: "Incomplete")]
            ),
            Sample.attempt(2, "Infrastructure: no power", labJobs: [labJob(11, health: "Incomplete")]),
        ]
        var inTheEnd = Sample.job(1, "juno", attempts: 2)
        inTheEnd.labJobs = [labJob(21, health: "Complete", leftOut: 1_500)]
        inTheEnd.attemptHistory = [
            Sample.attempt(1, "lost the board", labJobs: [labJob(20, health: "Incomplete")]),
            Sample.attempt(2, nil, outcome: .complete, labJobs: inTheEnd.labJobs),
        ]
        var multinode = Sample.job(2, "pair", outcome: .incomplete, reason: "MultinodeTimeout: no client")
        multinode.labJobs = [
            labJob(30, role: "server", health: "Incomplete"), labJob(31, role: "client", health: "Canceled"),
        ]
        var placed = Sample.test(1, "juno", "ltp", "fork01")
        placed.startLogLine = 123
        placed.url = LabAddresses.page(of: 21, labURL: "https://lab.example/", line: 123)
        var ofServer = Sample.test(2, "pair", "net", "ping")
        ofServer.role = "server"
        return FinishedJobsetReport(
            jobset: jobset,
            jobs: [inVain, inTheEnd, multinode],
            failedTests: [placed, ofServer]
        )
    }

    @Test("The text tells each attempt under its job, the roles, the places in the log, and who canceled")
    func text() {
        let expected = """
            /lkft/linux-next/next-20261123: CANCELED, 2 of 3 jobs missing
            next-20261123 was canceled when 1 of 3 jobs had completed; 2 of 3 jobs are missing.

            Finished 2026-11-18 13:11:40 UTC after 2 h 5 min.
            Jobset 6f1c2d3e-0000-4000-8000-000000000001.
            Canceled 2026-11-18 11:06:40 UTC: superseded\u{FFFD} (eve)

            Jobs:  3 (1 complete, 2 incomplete)
            Tests: 33 (30 passed, 3 skipped)
            Note:  2 jobs were retried; only the last attempt of each counts.
            Note:  1,500 results were more than are kept, and are left out.

            Jobs that did not complete (2)

              rpi4: incomplete after 2 attempts, lab-a
                Infrastructure: no power
                https://lab.example/scheduler/job/11
                attempt 1: incomplete
                  Infrastructure: no network
                  https://lab.example/scheduler/job/10
              pair: incomplete, lab-a
                MultinodeTimeout: no client
                server: incomplete
                  https://lab.example/scheduler/job/30
                client: canceled
                  https://lab.example/scheduler/job/31

            Failed tests (2)

              juno
                ltp
                  - fork01
                    https://lab.example/scheduler/job/21#L123
              pair
                net (role server)
                https://lava.example.org/scheduler/job/1002
                  - ping

            Jobs that completed when they were retried (1)

              juno: complete after 2 attempts, lab-a
                https://lab.example/scheduler/job/21
                attempt 1: incomplete
                  lost the board
                  https://lab.example/scheduler/job/20

            """
        #expect(TextReport.text(report()).hasPrefix(expected))
    }

    @Test("The JSON document has the same under keys that are added to those there were")
    func json() throws {
        let document = try JSONReport.document(report())
        let object = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
        let jobset = try #require(object["jobset"] as? [String: Any])
        #expect(jobset["canceled_at"] as? String == "2026-11-18T11:06:40Z")
        #expect(jobset["canceled_reason"] as? String == "superseded\u{FFFD} (eve)")
        let totals = try #require(object["totals"] as? [String: Any])
        #expect(totals["retried_jobs"] as? Int == 2)
        #expect(totals["results_left_out"] as? Int == 1_500)
        let jobs = try #require(object["jobs"] as? [[String: Any]])
        let history = try #require(jobs[0]["attempt_history"] as? [[String: Any]])
        #expect(jobs[0]["attempts"] as? Int == 2)
        #expect(history.map { $0["number"] as? Int } == [1, 2])
        #expect(history[0]["reason"] as? String == "Infrastructure: no network")
        #expect(history[0]["submitted_at"] as? String == "2026-11-18T11:06:40Z")
        #expect((history[0]["lab_jobs"] as? [[String: Any]])?.first?["number"] as? Int == 10)
        let members = try #require(jobs[1]["lab_jobs"] as? [[String: Any]])
        #expect(members.map { $0["role"] as? String } == ["server", "client"])
        let tests = try #require(object["failed_tests"] as? [[String: Any]])
        #expect(tests[0]["url"] as? String == "https://lab.example/scheduler/job/21#L123")
        #expect(tests[0]["start_log_line"] as? Int == 123)
        #expect(tests[1]["role"] as? String == "server")
    }

    @Test("Of very many attempts the latest are told, and how many there were before")
    func manyAttempts() throws {
        var job = Sample.job(0, "rpi4", outcome: .incomplete, reason: "no power", attempts: 101)
        job.attemptHistory = (82...101).map { number in
            Sample.attempt(number, "no power \(number)")
        }
        let report = FinishedJobsetReport(jobset: Sample.jobset(.incomplete), jobs: [job], failedTests: [])
        let text = TextReport.text(report)
        #expect(text.contains("    attempt 100: incomplete\n      no power 100\n    and 95 more\n"))
        #expect(!text.contains("attempt 95:"))
        let document = try JSONReport.document(report)
        #expect(document.contains(#""number":82"#) && document.contains(#""number":101"#))
    }
}
