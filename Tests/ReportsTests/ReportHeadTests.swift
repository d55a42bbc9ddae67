// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import Testing

@testable import Fleet

@Suite("Whether a report is mailed")
struct ReportHeadTests {
    /// A report as the archive keeps it: of one job, compared as it is said.
    private static func head(
        _ verdict: Verdict,
        _ tests: TestCounts = TestCounts(pass: 3, fail: 0, skip: 0, unknown: 0),
        outcome: JobOutcome = .complete,
        baseline: ReportedBaseline? = nil,
        missing: [MissingPart] = []
    ) throws -> ReportHead {
        let report = FinishedJobsetReport(
            jobset: Sample.jobset(verdict),
            jobs: [Sample.job(0, "qemu-arm64", outcome: outcome, tests: tests)],
            failedTests: [],
            baseline: baseline,
            missing: missing
        )
        return try ReportHead(of: try JSONReport.document(report))
    }

    private static func compared(
        _ verdict: Verdict = .passed,
        regressions: Int = 0,
        newFailures: Int = 0,
        fixes: Int = 0
    ) -> ReportedBaseline {
        var jobset = Sample.comparison.jobset
        jobset.verdict = verdict
        return .compared(
            ReportedComparison(
                jobset: jobset,
                regressions: ComparedTests([], total: regressions),
                newFailures: ComparedTests([], total: newFailures),
                fixes: ComparedTests([], total: fixes)
            )
        )
    }

    private static let failing = TestCounts(pass: 3, fail: 1, skip: 0, unknown: 0)

    private static func sent(_ head: ReportHead) -> Set<MailWhen> {
        Set(MailWhen.allCases.filter { head.silence($0) == nil })
    }

    @Test("A build like the one before is told only to those who want all")
    func unchanged() throws {
        let passed = try Self.head(.passed, baseline: Self.compared())
        #expect(Self.sent(passed) == [.always])
        #expect(Self.sent(try Self.head(.failed, Self.failing, baseline: Self.compared(.failed))) == [.always])
        #expect(
            passed.silence(.change)
                == "not sent: nothing has changed since /lkft/linux-next/next-20261122 (mail_when: change)"
        )
        #expect(passed.silence(.never) == "not sent: nobody wants it (mail_when: never)")
    }

    @Test("A regression and a new failure are told, a fix is a change")
    func changes() throws {
        let worse: Set<MailWhen> = [.always, .change, .regression]
        #expect(Self.sent(try Self.head(.failed, Self.failing, baseline: Self.compared(regressions: 1))) == worse)
        #expect(Self.sent(try Self.head(.failed, Self.failing, baseline: Self.compared(newFailures: 1))) == worse)
        #expect(Self.sent(try Self.head(.passed, baseline: Self.compared(.failed, fixes: 1))) == [.always, .change])
        #expect(Self.sent(try Self.head(.passed, baseline: Self.compared(.incomplete))) == [.always, .change])
    }

    @Test("A build of which something is missing is told to those who look after the lab")
    func incomplete() throws {
        let head = try Self.head(.incomplete, outcome: .incomplete, baseline: Self.compared(.incomplete))
        #expect(Self.sent(head) == [.always, .incomplete])
        #expect(!head.isGood)
    }

    @Test("What could not be compared is not taken for unchanged")
    func uncompared() throws {
        #expect(Self.sent(try Self.head(.passed)) == [.always, .change])
        #expect(Self.sent(try Self.head(.failed, Self.failing)) == [.always, .change, .regression])
        let gap = [MissingPart(.comparison, reason: "within 1 s", environments: .init(missing: 1, total: 2))]
        let partly = try Self.head(.failed, Self.failing, baseline: Self.compared(.failed), missing: gap)
        #expect(Self.sent(partly) == [.always, .change, .regression])
        #expect(!partly.isGood)
    }

    /// A report in which a test of ltp regressed on juno, a job is missing on db, and kselftest is mended on qemu.
    private static func scoped(omitted: Int = 0) throws -> ReportHead {
        try ReportHead(
            of: """
                {"jobset": {"build": "/g/p/v", "generation": 1}, "verdict": "failed",
                "totals": {"jobs": {"total": 3, "complete": 2, "missing": 1}, "tests": {"total": 9, "pass": 8, "fail": 1}},
                "baseline": {"build": "/g/p/u", "verdict": "passed"},
                "comparison": {
                    "regressions": {"total": \(1 + omitted), "omitted": \(omitted),
                        "tests": [{"environment": "juno-r2", "suite": "ltp-syscalls", "name": "a"}]},
                    "new_failures": {"total": 0, "omitted": 0, "tests": []},
                    "fixes": {"total": 1, "omitted": 0,
                        "tests": [{"environment": "qemu-arm64", "suite": "kselftest", "name": "b"}]},
                    "vanished": {"total": 0, "omitted": 0, "tests": []}, "missing_environments": 0},
                "environments": [{"environment": "juno-r2", "jobs": 1, "complete": 1},
                    {"environment": "db410c", "jobs": 1, "complete": 0},
                    {"environment": "qemu-arm64", "jobs": 1, "complete": 1}], "environments_omitted": 0,
                "suites": [{"environment": "juno-r2", "suite": "ltp-syscalls"},
                    {"environment": "qemu-arm64", "suite": "kselftest"}], "suites_omitted": 0}
                """
        )
    }

    @Test(
        "Who cares for a part of a build is told of that part",
        arguments: [
            (["juno-*"], [], [.always, .change, .regression]),
            (["*arm64"], [], [.always, .change]),
            (["db*", "nothing"], [], [.always, .incomplete]),
            (["x86"], [], []),
            ([], ["ltp-*"], [.always, .change, .regression, .incomplete]),
            (["qemu-*"], ["ltp-*"], []),
            ([], [], [.always, .change, .regression, .incomplete]),
        ] as [([String], [String], Set<MailWhen>)]
    )
    func scope(_ environments: [String], _ suites: [String], _ sent: Set<MailWhen>) throws {
        let head = try Self.scoped()
        let scope = MailScope(environments: environments, suites: suites)
        #expect(Set(MailWhen.allCases.filter { head.silence($0, in: scope) == nil }) == sent)
    }

    @Test("What the report does not list may be in any part")
    func omitted() throws {
        let head = try Self.scoped(omitted: 3)
        let scope = MailScope(environments: ["x86"])
        #expect(head.silence(.regression, in: scope) == nil)
        #expect(
            try Self.scoped().silence(.regression, in: scope)
                == "not sent: no test regressed in the environments and suites that were asked for since /g/p/u "
                + "(mail_when: regression)"
        )
    }

    @Test("Only a build that is as good as before may have a trailer")
    func good() throws {
        #expect(try Self.head(.passed).isGood)
        #expect(try Self.head(.failed, Self.failing, baseline: Self.compared(.failed)).isGood)
        #expect(try !Self.head(.failed, Self.failing, baseline: Self.compared(regressions: 1)).isGood)
        #expect(try !Self.head(.failed, Self.failing).isGood)
        #expect(try !Self.head(.passed, TestCounts()).isGood)
        #expect(try !Self.head(.canceled, outcome: .canceled).isGood)
    }

    @Test("A subject follows its template; where that gives nothing, it is the usual one")
    func subject() throws {
        var jobset = Sample.jobset(.failed)
        jobset.source = JobsetSource()
        jobset.source?.describe = "next-20261123"
        let document = try JSONReport.document(
            FinishedJobsetReport(jobset: jobset, jobs: [Sample.job(0, "e", tests: Self.failing)], failedTests: [])
        )
        let head = try ReportHead(of: document)
        let usual = "[lkft/linux-next] next-20261123: FAILED, 1 of 4 tests failed"
        #expect(ReportSubject.line(head, document, template: nil) == usual)
        #expect(ReportSubject.line(head, document, template: "{{jobset.nothing}}") == usual)
        let template =
            "Re: [PATCH] {{jobset.source.describe}}: {{#is.failed}}FAIL{{/is.failed}}, {{totals.tests.fail}} failed"
        #expect(ReportSubject.line(head, document, template: template) == "Re: [PATCH] next-20261123: FAIL, 1 failed")
    }
}
