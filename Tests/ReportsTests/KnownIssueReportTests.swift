// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import Testing

@testable import Fleet

@Suite("Known issues in reports")
struct KnownIssueReportTests {
    private static let report = FinishedJobsetReport(
        jobset: Sample.jobset(.passed),
        jobs: [
            Sample.job(0, "qemu", tests: TestCounts(pass: 17, fail: 0, xfail: 13, skip: 0, unknown: 0)),
            Sample.job(1, "pi"),
        ],
        failedTests: [],
        knownIssues: [
            KnownIssueOutcome(
                TestPattern(environment: "qemu*", suite: "ltp", test: "fcntl*"),
                reason: "locks <on> overlayfs",
                url: "https://bugs.example.org/17?a=1&b=2",
                failures: 12,
                passes: 1,
                environments: 1
            ),
            KnownIssueOutcome(
                TestPattern(suite: "net"),
                reason: "n",
                url: "javascript:x",
                failures: 1,
                passes: 0,
                environments: 1
            ),
            KnownIssueOutcome(TestPattern(suite: "boot"), reason: "b", failures: 0, passes: 3, environments: 0),
            KnownIssueOutcome(TestPattern(suite: "absent"), reason: "a", failures: 0, passes: 0, environments: 0),
        ]
    )

    @Test("They stand apart from failures, and what passes again is said")
    func text() {
        let text = TextReport.text(Self.report)
        #expect(text.contains("next-20261123 passed: 27 of 41 tests of 2 jobs passed, and 13 failed as known."))
        #expect(text.contains("Tests: 41 (27 passed, 13 known failures, 1 skipped)"))
        let section = """
            Known failures (13)

              qemu* ltp/fcntl*: 12 failures in 1 environment; passed once
                locks <on> overlayfs
                https://bugs.example.org/17?a=1&b=2
              net/*: 1 failure in 1 environment
                n

            Known issues that pass now (1)

              boot/*: passed 3 times and did not fail
                b

            """
        #expect(text.contains(section), "\(text)")
        #expect(text.contains("environment  jobs  complete  passed  failed  known  skipped  unknown"))
        #expect(!text.contains("Failed tests"))
    }

    @Test("HTML links only to web pages, and says the same")
    func html() {
        let html = HTMLReport.html(Self.report)
        #expect(html.contains("href=\"https://bugs.example.org/17?a=1&amp;b=2\""))
        #expect(html.contains("locks &lt;on&gt; overlayfs"))
        #expect(!html.contains("javascript:"))
        #expect(html.contains("Known issues that pass now (1)"))
    }

    @Test("JSON has each with its numbers")
    func json() throws {
        let document = try JSONReport.document(Self.report)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
        let issues = try #require(object["known_issues"] as? [[String: Any]])
        #expect(issues.map { $0["failures"] as? Int } == [12, 1, 0, 0])
        #expect(issues.map { $0["passes"] as? Int } == [1, 0, 3, 0])
        let totals = try #require((object["totals"] as? [String: Any])?["tests"] as? [String: Any])
        #expect(totals["xfail"] as? Int == 13 && totals["total"] as? Int == 41)
    }
}
