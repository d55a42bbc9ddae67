// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// A report as one HTML page for a browser or as the body of a mail: it loads nothing, runs nothing, and looks the same
/// where a mail client drops its style sheet, but for dark surroundings and narrow windows.
///
/// What needs a person stands first, as in ``TextReport``.
package enum HTMLReport {
    /// The page.
    package static func html(_ report: FinishedJobsetReport, limits: ReportLimits = .html) -> String {
        var page = HTMLWriter()
        page.own("<!DOCTYPE html>\n")
        page.element("html", nil, ["lang": "en"]) { page in
            addHead(title: title(of: report, limits: limits), to: &page)
            page.newLine()
            page.element("body", .page) { page in
                addSheet(to: &page) { addSections(of: report, limits, to: &$0) }
            }
        }
        page.newLine()
        return page.markup
    }

    /// What the page and a mail about it are headed with: `/group/project/version: failed, 4 of 48 jobs missing`.
    package static func title(of report: FinishedJobsetReport, limits: ReportLimits = .html) -> String {
        "\(HarmlessText.line(report.jobset.build, limit: limits.nameLength)): \(report.verdictWords.line)"
    }

    private static func addHead(title: String, to page: inout HTMLWriter) {
        page.element("head") { page in
            page.void("meta", ["charset": "utf-8"])
            page.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            page.void("meta", ["name": "color-scheme", "content": "light dark"])
            page.void("meta", ["name": "supported-color-schemes", "content": "light dark"])
            // Links from an archive or a mailbox are nobody's business.
            page.void("meta", ["name": "referrer", "content": "no-referrer"])
            page.element("title", nil, [:], title)
            page.sheet()
        }
    }

    /// A table within a table: what mail clients lay out alike.
    private static func addSheet(to page: inout HTMLWriter, _ content: (inout HTMLWriter) -> Void) {
        let layout: KeyValuePairs<StaticString, String> = [
            "role": "presentation", "width": "100%", "cellpadding": "0", "cellspacing": "0", "border": "0",
        ]
        page.element("table", .page, layout) { page in
            page.own("<tr><td align=\"center\" style=\"padding:0\">")
            page.own("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" ")
            page.own("style=\"width:100%;max-width:960px;table-layout:fixed\"><tr>")
            page.element("td", .sheet, [:], content)
            page.own("</tr></table></td></tr>")
        }
    }

    private static func addSections(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter)
    {
        addSummary(of: report, limits, to: &page)
        addChange(of: report, limits, to: &page)
        addComparison(of: report, limits, to: &page)
        addUnfinishedJobs(of: report, limits, to: &page)
        addEmptyJobs(of: report, limits, to: &page)
        addMissingTests(of: report, limits, to: &page)
        addFailedTests(of: report, limits, to: &page)
        addKnownIssues(of: report, limits, to: &page)
        addFixes(of: report, limits, to: &page)
        addRetriedJobs(of: report, limits, to: &page)
        addMetrics(of: report, limits, to: &page)
        addTimes(of: report, limits, to: &page)
        addSuites(of: report, limits, to: &page)
        addEnvironments(of: report, limits, to: &page)
    }

    // MARK: What the sections share

    static func addHeading(_ title: String, to page: inout HTMLWriter) {
        page.newLine()
        page.element("h2", .section, [:], title)
    }

    /// Says how many of `total` are left out after `listed` of them; nothing when none is.
    static func addMore(than listed: Int, of total: Int, to page: inout HTMLWriter) {
        guard total > listed else { return }
        page.element("p", .note, [:], "and \((total - listed).grouped) more")
    }
}
