// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// A report as plain text for mails and terminals, at most ``width`` columns wide; only a link may be longer, since a
/// broken link is of no use.
///
/// What needs a person stands first: what became of it in a sentence, what is worse than before, what is missing, then the
/// other failed tests.
package enum TextReport {
    /// The widest line, in columns.
    package static let width = 100

    /// The text, ending in a line break.
    package static func text(_ report: FinishedJobsetReport, limits: ReportLimits = .text) -> String {
        var page = TextPage(width: width)
        addHead(of: report, limits, to: &page)
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
        addEnvironments(of: report, limits, to: &page)
        return page.text
    }

    private static func addHead(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let jobset = report.jobset
        let build = HarmlessText.line(jobset.build, limit: limits.nameLength)
        page.add("\(build): \(report.verdictWords.headline)", hanging: 2)
        page.add(ReportSentence.text(report, nameLength: limits.nameLength))
        if let address = MarkupText.webAddress(report.page) { page.addWhole(address, indent: 0) }
        page.addBlank()
        page.add(TimesWording.finished(report))
        let life = jobset.generation > 1 ? ", generation \(jobset.generation)" : ""
        page.add("Jobset \(jobset.id.text)\(life).")
        for event in TotalsWording.events(of: jobset, reasonLength: limits.reasonLength) {
            page.add(event, hanging: 2)
        }
        page.addBlank()
        page.add("Jobs:  " + TotalsWording.jobs(report.totals), hanging: 7)
        page.add("Tests: " + TotalsWording.tests(report.totals.tests), hanging: 7)
        if let baseline = report.baseline {
            page.add("Note:  " + ComparisonWording.sentence(baseline, nameLength: limits.nameLength), hanging: 7)
        }
        for remark in MissingWording.lines(report.missing) + TotalsWording.remarks(on: report.totals) {
            page.add("Note:  \(remark)", hanging: 7)
        }
        for (key, value) in jobset.labels.sorted(by: { $0.key < $1.key }).prefix(limits.environments) {
            let key = HarmlessText.line(key, limit: limits.nameLength)
            page.add("Label: \(key) = \(HarmlessText.line(value, limit: limits.nameLength))", hanging: 7)
        }
    }

    private static func addEnvironments(
        of report: FinishedJobsetReport,
        _ limits: ReportLimits,
        to page: inout TextPage
    ) {
        let environments = report.totals.environments
        guard !environments.isEmpty else { return }
        let hasKnown = report.totals.tests.xfail > 0
        page.addHeading("Environments (\(environments.count.grouped))")
        page.addTable(
            header: ["environment", "jobs", "complete", "passed", "failed"] + (hasKnown ? ["known"] : [])
                + ["skipped", "unknown"],
            rows: environments.prefix(limits.environments).map { total in
                let counts = total.tests
                let numbers =
                    [total.jobs, total.complete, counts.pass, counts.fail] + (hasKnown ? [counts.xfail] : [])
                    + [counts.skip, counts.unknown]
                return [HarmlessText.line(total.environment, limit: limits.nameLength)] + numbers.map(\.grouped)
            }
        )
        page.addMore(than: min(environments.count, limits.environments), of: environments.count, indent: 2)
    }
}
