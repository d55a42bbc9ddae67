// SPDX-License-Identifier: Apache-2.0

import Fleet

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
