// SPDX-License-Identifier: Apache-2.0

import Fleet

extension TextReport {
    /// Failed tests under their environment and suite, each with its place in the lab's log; where that is not known, the
    /// lab job's page stands once for each run of a suite.
    static func addFailedTests(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let total = report.otherFailureTotal
        guard total > 0 else { return }
        page.addHeading("\(report.comparison == nil ? "Failed tests" : "Other failed tests") (\(total.grouped))")
        let listed = report.otherFailures.prefix(limits.failedTests)
        let groups = AlikeGroups(listed.map { ($0, FailureLine($0, of: report, limits)) }, by: \.1.test)
        add(groups.groups.map { ($0.key, $0.entries.map(\.1)) }, limits, to: &page)
        var title: String?
        var run: SuiteRun?
        for (test, failure) in groups.rest {
            if title != JobTitle.line(test.environment, test.jobName) {
                title = JobTitle.line(test.environment, test.jobName)
                page.add(HarmlessText.line(title ?? "", limit: limits.nameLength), indent: 2)
                run = nil
            }
            if run != SuiteRun(test) {
                page.add(suite(of: test, limits), indent: 4)
                run = SuiteRun(test)
                if test.startLogLine == nil { page.addWhole(place(of: test), indent: 4) }
            }
            page.add("- \(line(of: test, limits))\(EarlierWording.aside(failure))", indent: 6, hanging: 2)
            if test.startLogLine != nil { page.addWhole(place(of: test), indent: 8) }
        }
        page.addMore(than: listed.count, of: total, indent: 2)
    }

    private static func suite(of test: TestResult, _ limits: ReportLimits) -> String {
        let role = test.role.map { " (role \(HarmlessText.line($0, limit: limits.nameLength)))" } ?? ""
        return HarmlessText.line(test.suite, limit: limits.nameLength) + role
    }

    private static func place(of test: TestResult) -> String {
        test.url ?? "lab job \(test.labJob)" + (test.startLogLine.map { ", log line \($0)" } ?? "")
    }

    private static func line(of test: TestResult, _ limits: ReportLimits) -> String {
        let name = HarmlessText.line(test.name, limit: limits.nameLength)
        guard let measurement = test.measurement else { return name }
        let units = test.units.map { " " + HarmlessText.line($0, limit: limits.nameLength) } ?? ""
        return "\(name): \(HarmlessText.line(measurement, limit: limits.nameLength))\(units)"
    }

    /// One suite, run once in one lab job; apart those of its tests whose places in the log are known.
    private struct SuiteRun: Equatable {
        let suite: String
        let suiteNumber: Int
        let job: Int
        let labJob: Int
        let isPlaced: Bool

        init(_ test: TestResult) {
            suite = test.suite
            suiteNumber = test.suiteNumber
            job = test.position
            labJob = test.labJob
            isPlaced = test.startLogLine != nil
        }
    }
}

extension TextReport {
    /// The failures that the project knows of, and what it knows of that passes.
    static func addKnownIssues(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        for section in KnownIssueWording.sections(of: report) {
            add(section.issues, section.title, limits, to: &page)
        }
    }

    private static func add(
        _ issues: [KnownIssueOutcome],
        _ title: String,
        _ limits: ReportLimits,
        to page: inout TextPage
    ) {
        page.addHeading(title)
        let listed = issues.prefix(limits.environments)
        for issue in listed {
            page.add(KnownIssueWording.line(issue, nameLength: limits.nameLength), indent: 2, hanging: 2)
            page.add(HarmlessText.line(issue.reason, limit: limits.reasonLength), indent: 4)
            if let address = issue.url.flatMap({ MarkupText.webAddress($0) }) { page.addWhole(address, indent: 4) }
        }
        page.addMore(than: listed.count, of: issues.count, indent: 2)
    }
}
