// SPDX-License-Identifier: Apache-2.0

import Fleet

extension HTMLReport {
    /// What has changed since the baseline, by environment and suite.
    static func addComparison(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        guard let comparison = report.comparison else { return }
        addHeading("Since the baseline", to: &page)
        let build = HarmlessText.line(comparison.jobset.build, limit: limits.nameLength)
        page.element("p", .note, [:], "\(build): \(ComparisonWording.summary(comparison)).")
        if let gaps = ComparisonWording.gaps(comparison) { page.element("p", .note, [:], gaps) }
        for line in ComparisonWording.jobs(
            comparison.jobs,
            limit: limits.slowestJobs,
            nameLength: limits.nameLength
        ) {
            page.element("p", .note, [:], line)
        }
        for kind in ComparisonWording.worse(comparison) { add(kind, of: report, limits, to: &page) }
    }

    /// Suites and tests of the baseline that are not there any more.
    static func addMissingTests(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        guard let comparison = report.comparison else { return }
        addMissingSuites(of: comparison, limits, to: &page)
        for kind in ComparisonWording.gone(comparison) { add(kind, of: report, limits, to: &page) }
    }

    /// Tests that failed in the baseline and pass.
    static func addFixes(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        guard let comparison = report.comparison else { return }
        for kind in ComparisonWording.better(comparison) { add(kind, of: report, limits, to: &page) }
    }

    private static func add(
        _ kind: ComparisonWording.Kind,
        of report: FinishedJobsetReport,
        _ limits: ReportLimits,
        to page: inout HTMLWriter
    ) {
        guard kind.tests.total > 0 else { return }
        addHeading("\(kind.title) (\(kind.tests.total.grouped))", to: &page)
        let listed = kind.tests.tests.prefix(limits.comparedTests)
        addTests(
            listed.map { FailureLine($0, of: report, limits) },
            kind.isGood ? .good : .bad,
            of: kind.tests.total,
            limits,
            to: &page
        )
    }

    private static func addMissingSuites(
        of comparison: ReportedComparison,
        _ limits: ReportLimits,
        to page: inout HTMLWriter
    ) {
        guard comparison.missingSuiteTotal > 0 else { return }
        addHeading("Missing suites (\(comparison.missingSuiteTotal.grouped))", to: &page)
        let lines = ComparisonWording.missingSuites(
            comparison,
            limit: limits.environments,
            nameLength: limits.nameLength
        )
        page.element("ul", .list) { page in
            for line in lines { page.element("li", .item, [:], line) }
        }
    }

    /// Failed tests that are no news, by job and suite, each with its place in the lab's log.
    static func addFailedTests(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let total = report.otherFailureTotal
        guard total > 0 else { return }
        addHeading("\(report.comparison == nil ? "Failed tests" : "Other failed tests") (\(total.grouped))", to: &page)
        let listed = report.otherFailures.prefix(limits.failedTests)
        addTests(listed.map { FailureLine($0, of: report, limits) }, .quiet, of: total, limits, to: &page)
    }

    /// Tests that many boards tell alike once with their boards, then the others by job and suite.
    private static func addTests(
        _ lines: [FailureLine],
        _ look: HTMLLook,
        of total: Int,
        _ limits: ReportLimits,
        to page: inout HTMLWriter
    ) {
        let groups = AlikeGroups(lines, by: \.test)
        var told = 0
        for (test, lines) in groups.groups where page.hasRoom(limits) {
            add(test, lines, look, limits, to: &page)
            told += lines.count
        }
        var rest = groups.rest[...]
        var title: String?
        while let first = rest.first, page.hasRoom(limits) {
            if title != first.title {
                page.newLine()
                page.element("h3", .group, [:], HarmlessText.line(first.title, limit: limits.nameLength))
                title = first.title
            }
            let together = rest.prefix { $0.title == first.title && $0.test.suite == first.test.suite }
            page.element("h4", .suite, [:], first.test.suite)
            page.element("ul", .list) { page in
                for line in together where page.hasRoom(limits) {
                    add(line, look, limits, to: &page)
                    told += 1
                }
            }
            rest = rest.dropFirst(together.count)
        }
        addMore(than: told, of: total, to: &page)
    }

    private static func add(
        _ test: ListedTest,
        _ lines: [FailureLine],
        _ look: HTMLLook,
        _ limits: ReportLimits,
        to page: inout HTMLWriter
    ) {
        page.newLine()
        page.element("div", .entry) { page in
            page.element("span", .name, [:], "\(test.suite): \(HarmlessText.line(test.name, limit: limits.nameLength))")
            page.text(" ")
            if !test.remark.isEmpty {
                page.element("span", look, [:], HarmlessText.line(test.remark, limit: limits.nameLength))
            }
            page.text(" in \(lines.count.grouped) jobs\(EarlierWording.aside(lines)): ")
            for (place, line) in lines.prefix(limits.slowestJobs).enumerated() {
                if place > 0 { page.text(", ") }
                page.link(line.url, HarmlessText.line(line.title, limit: limits.nameLength))
            }
            let more = lines.count - min(lines.count, limits.slowestJobs)
            if more > 0 { page.text(" and \(more.grouped) more") }
        }
    }

    private static func add(_ line: FailureLine, _ look: HTMLLook, _ limits: ReportLimits, to page: inout HTMLWriter) {
        page.element("li", .item) { page in
            page.link(line.url, HarmlessText.line(line.test.name, limit: limits.nameLength))
            if !line.test.remark.isEmpty {
                page.text(" ")
                page.element("span", look, [:], HarmlessText.line(line.test.remark, limit: limits.nameLength))
            }
            page.text(EarlierWording.aside(line))
        }
    }
}

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
