// SPDX-License-Identifier: Apache-2.0

import Fleet

extension HTMLReport {
    /// The failures that the project knows of, and what it knows of that passes.
    static func addKnownIssues(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        for section in KnownIssueWording.sections(of: report) {
            add(section.issues, section.title, limits, to: &page)
        }
    }

    private static func add(
        _ issues: [KnownIssueOutcome],
        _ title: String,
        _ limits: ReportLimits,
        to page: inout HTMLWriter
    ) {
        addHeading(title, to: &page)
        var told = 0
        page.element("ul", .list) { page in
            for issue in issues.prefix(limits.environments) where page.hasRoom(limits) {
                told += 1
                page.newLine()
                page.element("li", .item) { page in
                    page.link(issue.url, KnownIssueWording.line(issue, nameLength: limits.nameLength))
                    page.element("div", .reason, [:], HarmlessText.line(issue.reason, limit: limits.reasonLength))
                }
            }
        }
        addMore(than: told, of: issues.count, to: &page)
    }
}
