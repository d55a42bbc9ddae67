// SPDX-License-Identifier: Apache-2.0

import Fleet

extension TextReport {
    /// What has changed since the baseline, by environment and suite.
    static func addComparison(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let comparison = report.comparison else { return }
        page.addHeading("Since the baseline: \(ComparisonWording.summary(comparison))")
        if let gaps = ComparisonWording.gaps(comparison) { page.add(gaps, indent: 2) }
        for line in ComparisonWording.jobs(
            comparison.jobs,
            limit: limits.slowestJobs,
            nameLength: limits.nameLength
        ) {
            page.add(line, indent: 2, hanging: 2)
        }
        for kind in ComparisonWording.worse(comparison) { add(kind, of: report, limits, to: &page) }
    }

    /// Suites and tests of the baseline that are not there any more.
    static func addMissingTests(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let comparison = report.comparison else { return }
        if comparison.missingSuiteTotal > 0 {
            page.addHeading("Missing suites (\(comparison.missingSuiteTotal.grouped))")
            for line in ComparisonWording.missingSuites(
                comparison,
                limit: limits.environments,
                nameLength: limits.nameLength
            ) {
                page.add(line, indent: 2, hanging: 2)
            }
        }
        for kind in ComparisonWording.gone(comparison) { add(kind, of: report, limits, to: &page) }
    }

    /// Tests that failed in the baseline and pass.
    static func addFixes(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let comparison = report.comparison else { return }
        for kind in ComparisonWording.better(comparison) { add(kind, of: report, limits, to: &page) }
    }

    private static func add(
        _ kind: ComparisonWording.Kind,
        of report: FinishedJobsetReport,
        _ limits: ReportLimits,
        to page: inout TextPage
    ) {
        guard kind.tests.total > 0 else { return }
        page.addHeading("\(kind.title) (\(kind.tests.total.grouped))")
        let listed = kind.tests.tests.prefix(limits.comparedTests)
        let groups = AlikeGroups(listed.map { FailureLine($0, of: report, limits) }, by: \.test)
        add(groups.groups.map { ($0.key, $0.entries) }, limits, to: &page)
        var place: (title: String, suite: String)?
        for line in groups.rest {
            if place?.title != line.title || place?.suite != line.test.suite {
                let title = HarmlessText.line(line.title, limit: limits.nameLength)
                page.add("\(title): \(line.test.suite)", indent: 2, hanging: 2)
                place = (line.title, line.test.suite)
            }
            let name = HarmlessText.line(line.test.name, limit: limits.nameLength)
            page.add("- \(name): \(line.test.remark)\(EarlierWording.aside(line))", indent: 4, hanging: 2)
            if let url = line.url { page.addWhole(url, indent: 6) }
        }
        page.addMore(than: listed.count, of: kind.tests.total, indent: 2)
    }

    /// Tests that many boards tell alike, each once with its boards.
    static func add(_ groups: [(ListedTest, [FailureLine])], _ limits: ReportLimits, to page: inout TextPage) {
        for (test, lines) in groups {
            let name = HarmlessText.line(test.name, limit: limits.nameLength)
            let remark = test.remark.isEmpty ? "" : ": \(test.remark)"
            let jobs = "in \(lines.count.grouped) jobs\(EarlierWording.aside(lines)):"
            page.add("\(test.suite): \(name)\(remark), \(jobs)", indent: 2, hanging: 2)
            for line in lines.prefix(limits.slowestJobs) {
                page.add("- \(HarmlessText.line(line.title, limit: limits.nameLength))", indent: 4, hanging: 2)
                if let url = line.url { page.addWhole(url, indent: 6) }
            }
            page.addMore(than: min(lines.count, limits.slowestJobs), of: lines.count, indent: 4)
        }
    }

    /// Measurements, with what they were in the baseline.
    static func addMetrics(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let metrics = report.metrics
        guard metrics.total > 0 else { return }
        let changed = report.changedMetrics
        page.addHeading("Metrics (\(metrics.total.grouped))")
        let listed = changed.prefix(limits.metrics)
        for metric in listed {
            let suite = ComparisonWording.suite(
                metric.suite,
                run: metric.suiteRun,
                role: metric.role,
                nameLength: limits.nameLength
            )
            let place =
                "\(HarmlessText.line(JobTitle.line(metric.environment, metric.jobName), limit: limits.nameLength)): \(suite)"
            let name = HarmlessText.line(metric.name, limit: limits.nameLength)
            let before = metric.before.map { "\(Quantity.readable($0)) -> " } ?? ""
            let units = metric.units.map { " " + HarmlessText.line($0, limit: limits.nameLength) } ?? ""
            let change = metric.changePercent.map { " (\(Quantity.percent($0)))" } ?? ""
            page.add(
                "\(place): \(name): \(before)\(Quantity.readable(metric.after))\(units)\(change)",
                indent: 2,
                hanging: 2
            )
        }
        page.addMore(than: listed.count, of: changed.count, indent: 2)
        if let rest = ComparisonWording.quietMetrics(report) { page.add(rest, indent: 2) }
    }

    /// How long jobs waited and ran, and which ran longest.
    static func addTimes(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let times = report.times, times.jobs > 0 else { return }
        page.addHeading("Slowest jobs")
        page.add(TimesWording.summary(times), indent: 2)
        for job in times.slowest.prefix(limits.slowestJobs) {
            let title = HarmlessText.line(job.title, limit: limits.nameLength)
            let backend = HarmlessText.line(job.backend, limit: limits.nameLength)
            let queued = Timestamp.readable(job.queueSeconds)
            let ran = Timestamp.readable(job.runSeconds)
            page.add("\(title): ran \(ran), queued \(queued), \(backend)", indent: 2, hanging: 2)
            if let url = job.url { page.addWhole(url, indent: 4) }
        }
    }
}
