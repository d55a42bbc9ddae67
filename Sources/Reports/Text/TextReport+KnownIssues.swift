// SPDX-License-Identifier: Apache-2.0

import Fleet

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
