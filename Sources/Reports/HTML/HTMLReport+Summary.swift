// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

extension HTMLReport {
    /// Build, verdict, and all of it in numbers.
    static func addSummary(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let jobset = report.jobset
        page.element("h1", .title, [:], HarmlessText.line(jobset.build, limit: limits.nameLength))
        page.element("div") { page in
            page.element("span", look(of: report.verdict), [:], report.verdictWords.headline)
        }
        page.element("p", .lead, [:], ReportSentence.text(report, nameLength: limits.nameLength))
        if MarkupText.webAddress(report.page) != nil {
            page.element("p", .facts) { $0.link(report.page, "Open in Muster") }
        }
        page.element("p", .facts, [:], time(of: report))
        for event in TotalsWording.events(of: jobset, reasonLength: limits.reasonLength) {
            page.element("p", .facts, [:], event)
        }
        addTiles(of: report, to: &page)
        addFacts(of: report, limits, to: &page)
        for remark in MissingWording.lines(report.missing) + TotalsWording.remarks(on: report.totals) {
            page.element("p", .note, [:], remark)
        }
    }

    private static func look(of verdict: Verdict) -> HTMLLook {
        switch verdict {
        case .passed: .passed
        case .failed: .failed
        case .incomplete: .incomplete
        case .canceled: .canceled
        }
    }

    private static func time(of report: FinishedJobsetReport) -> String {
        let jobset = report.jobset
        let life = jobset.generation > 1 ? ", generation \(jobset.generation)" : ""
        return "\(TimesWording.finished(report)) Jobset \(jobset.id.text)\(life)."
    }

    private static func addTiles(of report: FinishedJobsetReport, to page: inout HTMLWriter) {
        let totals = report.totals
        let complete = totals.outcomes[.complete] ?? 0
        page.element("table", .tiles, ["role": "presentation"]) { page in
            page.element("tr") { page in
                addTile(
                    "\(complete.grouped) of \(totals.jobs.grouped)",
                    "jobs complete",
                    complete < totals.jobs ? .warn : nil,
                    to: &page
                )
                addTile(totals.tests.fail.grouped, "tests failed", totals.tests.fail > 0 ? .bad : nil, to: &page)
                guard let comparison = report.comparison else { return }
                let worse = comparison.regressions.total
                addTile(worse.grouped, worse == 1 ? "regression" : "regressions", worse > 0 ? .bad : nil, to: &page)
                let better = comparison.fixes.total
                addTile(better.grouped, better == 1 ? "fix" : "fixes", better > 0 ? .good : nil, to: &page)
            }
        }
    }

    private static func addTile(_ number: String, _ label: String, _ look: HTMLLook?, to page: inout HTMLWriter) {
        page.element("td", .tile) { page in
            page.element("div", .number) { page in
                if let look { page.element("span", look, [:], number) } else { page.text(number) }
            }
            page.element("div", .label, [:], label)
        }
    }

    private static func addFacts(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        var facts = [
            ("Jobs", TotalsWording.jobs(report.totals)),
            ("Tests", TotalsWording.tests(report.totals.tests)),
        ]
        if let baseline = report.baseline {
            facts.append(("Baseline", ComparisonWording.sentence(baseline, nameLength: limits.nameLength)))
        }
        for (key, value) in report.jobset.labels.sorted(by: { $0.key < $1.key }).prefix(limits.environments) {
            let key = HarmlessText.line(key, limit: limits.nameLength)
            facts.append(("Label", "\(key) = \(HarmlessText.line(value, limit: limits.nameLength))"))
        }
        page.own("<table class=\"grid\" style=\"border-collapse:collapse;font-size:14px;margin-top:10px\">")
        for (name, value) in facts {
            page.element("tr") { page in
                page.element("th", .fact, ["scope": "row"], name)
                page.element("td", .reason, [:], value)
            }
        }
        page.own("</table>")
    }
}
