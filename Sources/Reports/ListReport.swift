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

extension ListReport {
    /// Tests that fail and did not before, each once with the jobs that show it.
    static func addWorse(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let comparison = report.comparison else { return }
        for kind in ComparisonWording.worse(comparison) { add(kind, of: report, limits, hasLinks: true, to: &page) }
        guard comparison.missingSuiteTotal > 0 else { return }
        page.addHeading("Missing suites (\(comparison.missingSuiteTotal.grouped))")
        for line in ComparisonWording.missingSuites(
            comparison,
            limit: limits.slowestJobs,
            nameLength: limits.nameLength
        ) {
            page.add(line, indent: 2, hanging: 2)
        }
    }

    static func addFixes(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let comparison = report.comparison else { return }
        for kind in ComparisonWording.better(comparison) { add(kind, of: report, limits, hasLinks: false, to: &page) }
    }

    /// Without a baseline all failures are told; with one, those that are no news are only counted.
    static func addOtherFailures(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let total = report.otherFailureTotal
        guard total > 0 else { return }
        guard report.comparison == nil else {
            page.addHeading("Other failed tests (\(total.grouped))")
            page.add("They failed before as well, or could not be compared.", indent: 2)
            return
        }
        let lines = report.failedTests.prefix(limits.failedTests).map { FailureLine($0, of: report, limits) }
        add("Failed tests", lines, of: total, limits, hasLinks: true, to: &page)
    }

    private static func add(
        _ kind: ComparisonWording.Kind,
        of report: FinishedJobsetReport,
        _ limits: ReportLimits,
        hasLinks: Bool,
        to page: inout TextPage
    ) {
        guard kind.tests.total > 0 else { return }
        let lines = kind.tests.tests.prefix(limits.comparedTests).map { FailureLine($0, of: report, limits) }
        add(kind.title, lines, of: kind.tests.total, limits, hasLinks: hasLinks, to: &page)
    }

    private static func add(
        _ title: String,
        _ lines: [FailureLine],
        of total: Int,
        _ limits: ReportLimits,
        hasLinks: Bool,
        to page: inout TextPage
    ) {
        page.addHeading("\(title) (\(total.grouped))")
        let tests = Dictionary(grouping: lines, by: \.test).sorted { left, right in
            (NaturalOrder(left.key.suite), NaturalOrder(left.key.name), left.key.remark)
                < (NaturalOrder(right.key.suite), NaturalOrder(right.key.name), right.key.remark)
        }
        var suite: String?
        for (test, lines) in tests {
            if suite != test.suite {
                page.add(test.suite, indent: 2, hanging: 2)
                suite = test.suite
            }
            let name = HarmlessText.line(test.name, limit: limits.nameLength)
            page.add(test.remark.isEmpty ? name : "\(name): \(test.remark)", indent: 4, hanging: 4)
            page.add(places(of: lines, limits) + EarlierWording.aside(lines), indent: 6)
            if hasLinks, let url = lines.lazy.compactMap(\.url).first { page.addWhole(url, indent: 6) }
        }
        page.addMore(than: lines.count, of: total, indent: 2)
    }

    /// The jobs that show it: `juno-r2, qemu-arm64 ltp and 7 more`.
    private static func places(of lines: [FailureLine], _ limits: ReportLimits) -> String {
        var titles: [String] = []
        for line in lines where !titles.contains(line.title) { titles.append(line.title) }
        let shown = titles.prefix(limits.jobs).map { HarmlessText.line($0, limit: limits.nameLength) }
        let more = titles.count - shown.count
        return "on " + shown.joined(separator: ", ") + (more > 0 ? " and \(more.grouped) more" : "")
    }
}
