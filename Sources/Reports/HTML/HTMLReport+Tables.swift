// SPDX-License-Identifier: Apache-2.0

import Fleet

extension HTMLReport {
    /// The longest unit, in Unicode scalars: a number and its unit stand on one line, and a longer one would push the
    /// other columns off the page.
    private static let longestUnit = 24

    /// Measurements, with what they were in the baseline.
    static func addMetrics(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let metrics = report.metrics
        guard metrics.total > 0 else { return }
        let changed = report.changedMetrics
        addHeading("Metrics (\(metrics.total.grouped))", to: &page)
        if let rest = ComparisonWording.quietMetrics(report) { page.element("p", .note, [:], rest) }
        guard !changed.isEmpty else { return }
        let listed = changed.prefix(limits.metrics)
        let told = addTable(
            names: ["job", "suite", "test"],
            numbers: ["before", "now", "change"],
            rows: listed.map { metric in
                let suite = ComparisonWording.suite(
                    metric.suite,
                    run: metric.suiteRun,
                    role: metric.role,
                    nameLength: limits.nameLength
                )
                let units = metric.units.map { " " + HarmlessText.line($0, limit: longestUnit) } ?? ""
                return TableRow(
                    names: [JobTitle.line(metric.environment, metric.jobName), suite, metric.name],
                    numbers: [
                        metric.before.map(Quantity.readable) ?? "",
                        Quantity.readable(metric.after) + units,
                        Quantity.percent(metric.changePercent),
                    ]
                )
            },
            limits,
            to: &page
        )
        addMore(than: told, of: changed.count, to: &page)
    }

    /// How long jobs waited and ran, and which ran longest.
    static func addTimes(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        guard let times = report.times, times.jobs > 0 else { return }
        addHeading("Slowest jobs", to: &page)
        page.element("p", .note, [:], TimesWording.summary(times))
        _ = addTable(
            names: ["job", "lab", "outcome"],
            numbers: ["queued", "ran"],
            rows: times.slowest.prefix(limits.slowestJobs).map { job in
                TableRow(
                    names: [job.title, job.backend, job.outcome.rawValue],
                    numbers: [Timestamp.readable(job.queueSeconds), Timestamp.readable(job.runSeconds)],
                    address: job.url
                )
            },
            limits,
            to: &page
        )
    }

    /// The totals of each suite, those with failures first.
    static func addSuites(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let suites = report.suites
        guard suites.total > 0 else { return }
        let hasKnown = report.totals.tests.xfail > 0
        addHeading("Suites (\(suites.total.grouped))", to: &page)
        let listed = suites.suites.prefix(limits.environments)
        let told = addTable(
            names: ["environment", "suite"],
            numbers: titles(hasKnown),
            rows: listed.map { suite in
                TableRow(
                    names: [suite.environment, suite.suite],
                    numbers: numbers(suite.tests, hasKnown),
                    badColumn: 1
                )
            },
            limits,
            to: &page
        )
        addMore(than: told, of: suites.total, to: &page)
    }

    /// The totals of each environment, those with something wrong first.
    static func addEnvironments(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let environments = report.totals.environments
        guard !environments.isEmpty else { return }
        let hasKnown = report.totals.tests.xfail > 0
        addHeading("Environments (\(environments.count.grouped))", to: &page)
        let listed = environments.prefix(limits.environments)
        let told = addTable(
            names: ["environment"],
            numbers: ["jobs", "complete"] + titles(hasKnown),
            rows: listed.map { total in
                TableRow(
                    names: [total.environment],
                    numbers: [total.jobs.grouped, total.complete.grouped] + numbers(total.tests, hasKnown),
                    badColumn: 3
                )
            },
            limits,
            to: &page
        )
        addMore(than: told, of: environments.count, to: &page)
    }

    /// - Parameter hasKnown: With known failures, of which most reports have none.
    private static func titles(_ hasKnown: Bool) -> [String] {
        ["passed", "failed"] + (hasKnown ? ["known"] : []) + ["skipped", "unknown"]
    }

    private static func numbers(_ counts: TestCounts, _ hasKnown: Bool) -> [String] {
        ([counts.pass, counts.fail] + (hasKnown ? [counts.xfail] : []) + [counts.skip, counts.unknown]).map(\.grouped)
    }

    private struct TableRow {
        let names: [String]
        let numbers: [String]
        /// Where the first name leads.
        var address: String?
        /// The number that is bad unless it is zero.
        var badColumn: Int?
    }

    /// A table: names to the left, numbers to the right. In a narrow window it scrolls by itself.
    ///
    /// - Returns: How many rows it has: as many as there is room for.
    private static func addTable(
        names: [String],
        numbers: [String],
        rows: [TableRow],
        _ limits: ReportLimits,
        to page: inout HTMLWriter
    ) -> Int {
        var told = 0
        page.element("div", .wide) { page in
            page.element("table", .grid) { page in
                page.element("thead") { page in
                    page.element("tr") { page in
                        for name in names { page.element("th", .head, ["scope": "col"], name) }
                        for number in numbers { page.element("th", .headNumber, ["scope": "col"], number) }
                    }
                }
                page.element("tbody") { page in
                    for row in rows where page.hasRoom(limits) {
                        add(row, limits, to: &page)
                        told += 1
                    }
                }
            }
        }
        return told
    }

    private static func add(_ row: TableRow, _ limits: ReportLimits, to page: inout HTMLWriter) {
        page.newLine()
        page.element("tr") { page in
            for (column, name) in row.names.enumerated() {
                let name = HarmlessText.line(name, limit: limits.nameLength)
                if column == 0 {
                    page.element("th", .cell, ["scope": "row"]) { $0.link(row.address, name) }
                } else {
                    page.element("td", .cell, [:], name)
                }
            }
            for (column, number) in row.numbers.enumerated() {
                page.element("td", .count) { page in
                    let isBad = column == row.badColumn && number != "0"
                    if isBad { page.element("span", .bad, [:], number) } else { page.text(number) }
                }
            }
        }
    }
}
