// SPDX-License-Identifier: Apache-2.0

import Fleet

extension TextReport {
    /// What has changed since the baseline, by environment and suite.
    static func addComparison(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let comparison = report.comparison else { return }
        page.addHeading("Since the baseline: \(ComparisonWording.summary(comparison))")
        if let gaps = ComparisonWording.gaps(comparison) { page.add(gaps, indent: 2) }
        for kind in ComparisonWording.kinds(of: comparison) where kind.tests.total > 0 {
            page.add("\(kind.title) (\(kind.tests.total.grouped))", indent: 2)
            add(kind.tests.tests.prefix(limits.comparedTests), limits, to: &page)
            page.addMore(than: min(kind.tests.tests.count, limits.comparedTests), of: kind.tests.total, indent: 4)
        }
    }

    private static func add(_ tests: ArraySlice<ComparedTest>, _ limits: ReportLimits, to page: inout TextPage) {
        var place: (environment: String, suite: String)?
        for test in tests {
            let suite = ComparisonWording.suite(
                test.suite,
                run: test.suiteRun,
                role: test.role,
                nameLength: limits.nameLength
            )
            if place?.environment != test.environment || place?.suite != suite {
                let environment = HarmlessText.line(test.environment, limit: limits.nameLength)
                page.add("\(environment): \(suite)", indent: 4, hanging: 2)
                place = (test.environment, suite)
            }
            let name = HarmlessText.line(test.name, limit: limits.nameLength)
            page.add("- \(name): \(ComparisonWording.change(of: test))", indent: 6, hanging: 2)
            if let url = test.url { page.addWhole(url, indent: 8) }
        }
    }

    /// Measurements, with what they were in the baseline.
    static func addMetrics(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let metrics = report.metrics
        guard metrics.total > 0 else { return }
        page.addHeading("Metrics (\(metrics.total.grouped))")
        let listed = metrics.metrics.prefix(limits.metrics)
        for metric in listed {
            let suite = ComparisonWording.suite(
                metric.suite,
                run: metric.suiteRun,
                role: metric.role,
                nameLength: limits.nameLength
            )
            let place = "\(HarmlessText.line(metric.environment, limit: limits.nameLength)): \(suite)"
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
        page.addMore(than: listed.count, of: metrics.total, indent: 2)
    }

    /// How long jobs waited and ran, and which ran longest.
    static func addTimes(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        guard let times = report.times, times.jobs > 0 else { return }
        page.addHeading("Slowest jobs")
        page.add(TimesWording.summary(times), indent: 2)
        for job in times.slowest.prefix(limits.slowestJobs) {
            let environment = HarmlessText.line(job.environment, limit: limits.nameLength)
            let backend = HarmlessText.line(job.backend, limit: limits.nameLength)
            let queued = Timestamp.readable(job.queueSeconds)
            let ran = Timestamp.readable(job.runSeconds)
            page.add("\(environment): ran \(ran), queued \(queued), \(backend)", indent: 2, hanging: 2)
            if let url = job.url { page.addWhole(url, indent: 4) }
        }
    }
}
