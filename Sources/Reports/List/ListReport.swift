// SPDX-License-Identifier: Apache-2.0

import Fleet

/// A report as mailing lists of developers want it: plain text of at most ``width`` columns, links aside.
///
/// What a reader has to know comes first: what became of the build, what it was made of, what is worse than before, and on
/// which boards. What only the people of the lab need is behind the link.
package enum ListReport {
    /// The widest line, in columns.
    package static let width = 72
    /// How wide the names of the facts at the top are.
    private static let factWidth = 11

    /// The text, ending in a line break.
    package static func text(_ report: FinishedJobsetReport, limits: ReportLimits = .list) -> String {
        var page = TextPage(width: width)
        addHead(of: report, limits, to: &page)
        addWorse(of: report, limits, to: &page)
        TextReport.addUnfinishedJobs(of: report, limits, to: &page)
        addOtherFailures(of: report, limits, to: &page)
        addFixes(of: report, limits, to: &page)
        addEnvironments(of: report, limits, to: &page)
        addSuites(of: report, limits, to: &page)
        return page.text
    }

    private static func addHead(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let jobset = report.jobset
        page.add(ReportSentence.text(report, nameLength: limits.nameLength))
        page.addBlank()
        for (name, value) in facts(of: report) {
            let line = "\(name):" + String(repeating: " ", count: factWidth - name.count - 1)
            let value = HarmlessText.line(value, limit: limits.nameLength)
            if value.contains(" ") {
                page.add(line + value, hanging: factWidth)
            } else {
                page.addWhole(line + value, indent: 0)
            }
        }
        for (key, value) in jobset.labels.sorted(by: { $0.key < $1.key }).prefix(limits.environments) {
            let key = HarmlessText.line(key, limit: limits.nameLength)
            page.add("Label:     \(key) = \(HarmlessText.line(value, limit: limits.nameLength))", hanging: factWidth)
        }
        page.addBlank()
        page.add("Jobs:      " + TotalsWording.jobs(report.totals), hanging: factWidth)
        page.add("Tests:     " + TotalsWording.tests(report.totals.tests), hanging: factWidth)
        for remark in MissingWording.lines(report.missing) + TotalsWording.remarks(on: report.totals)
            + TotalsWording.events(of: jobset, reasonLength: limits.reasonLength)
        {
            page.add("Note:      \(remark)", hanging: factWidth)
        }
    }

    /// What was tested, and where more is to be read.
    private static func facts(of report: FinishedJobsetReport) -> [(String, String)] {
        let source = report.jobset.source ?? JobsetSource()
        let target = [source.architecture, source.config, source.compiler].compactMap(\.self)
        let baseline: String? =
            switch report.baseline {
            case .compared(let comparison):
                "\(comparison.jobset.build), \(ComparisonWording.summary(comparison))"
            case .uncompared(let comparison): "\(comparison.jobset.build), not compared"
            case .unknown(let name), .unfinished(let name), .removed(let name): "\(name), not compared"
            case .some(.none): "none"
            case nil: nil
            }
        return [
            ("Build", report.jobset.build), ("Tree", source.tree), ("Git", source.gitURL), ("Branch", source.branch),
            ("Describe", source.describe), ("Commit", source.commit), ("Patches", source.patchsetHash),
            ("Target", target.isEmpty ? nil : target.joined(separator: ", ")), ("Baseline", baseline),
            ("Details", MarkupText.webAddress(report.page)),
        ].compactMap { name, value in value.map { (name, $0) } }
    }

    private static func addEnvironments(
        of report: FinishedJobsetReport,
        _ limits: ReportLimits,
        to page: inout TextPage
    ) {
        let environments = report.totals.environments
        guard !environments.isEmpty else { return }
        page.addHeading("Environments (\(environments.count.grouped))")
        let columns = CountColumns(report.totals.tests)
        page.addTable(
            header: ["environment", "jobs", "done"] + columns.titles,
            rows: environments.prefix(limits.environments).map { total in
                [HarmlessText.line(total.environment, limit: limits.nameLength)]
                    + ([total.jobs, total.complete] + columns.numbers(total.tests)).map(\.grouped)
            }
        )
        page.addMore(than: min(environments.count, limits.environments), of: environments.count, indent: 2)
    }

    private static func addSuites(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        var sums: [String: TestCounts] = [:]
        for suite in report.suites.suites { sums[suite.suite] = (sums[suite.suite] ?? TestCounts()) + suite.tests }
        guard !sums.isEmpty else { return }
        let ordered = sums.sorted { (-$0.value.fail, NaturalOrder($0.key)) < (-$1.value.fail, NaturalOrder($1.key)) }
        page.addHeading("Suites (\(ordered.count.grouped))")
        let columns = CountColumns(report.totals.tests)
        page.addTable(
            header: ["suite"] + columns.titles,
            rows: ordered.prefix(limits.environments).map { suite, tests in
                [HarmlessText.line(suite, limit: limits.nameLength)] + columns.numbers(tests).map(\.grouped)
            }
        )
        page.addMore(than: min(ordered.count, limits.environments), of: ordered.count, indent: 2)
        let omitted = report.suites.total - report.suites.suites.count
        if omitted > 0 { page.add("Suites of some environments are left out.", indent: 2) }
    }
}

/// The columns of a table of tests: what no test of the build said has none.
private struct CountColumns {
    let titles: [String]
    private let counts: [@Sendable (TestCounts) -> Int]

    init(_ all: TestCounts) {
        let known: [(String, Bool, @Sendable (TestCounts) -> Int)] = [
            ("pass", true, { $0.pass }), ("fail", true, { $0.fail }), ("known", all.xfail > 0, { $0.xfail }),
            ("skip", true, { $0.skip }), ("unknown", all.unknown > 0, { $0.unknown }),
        ]
        let shown = known.filter(\.1)
        titles = shown.map(\.0)
        counts = shown.map(\.2)
    }

    func numbers(_ tests: TestCounts) -> [Int] { counts.map { $0(tests) } }
}
