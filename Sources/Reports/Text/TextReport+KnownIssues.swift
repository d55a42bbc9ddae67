// SPDX-License-Identifier: Apache-2.0

import Fleet

extension TextReport {
    /// The failures that the project knows of, and what it knows of that passes.
    static func addKnownIssues(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let failures = report.totals.tests.xfail
        add(report.knownFailures, "\(KnownIssueWording.failures) (\(failures.grouped))", limits, to: &page)
        let passing = report.passingAgain
        add(passing, "\(KnownIssueWording.passing) (\(passing.count.grouped))", limits, to: &page)
    }

    private static func add(
        _ issues: [KnownIssueOutcome],
        _ title: String,
        _ limits: ReportLimits,
        to page: inout TextPage
    ) {
        guard !issues.isEmpty else { return }
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
