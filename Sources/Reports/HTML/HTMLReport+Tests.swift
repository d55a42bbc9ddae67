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
        for kind in ComparisonWording.kinds(of: comparison) where kind.tests.total > 0 {
            addHeading("\(kind.title) (\(kind.tests.total.grouped))", to: &page)
            let listed = kind.tests.tests.prefix(limits.comparedTests)
            let lines = listed.map { test in
                TestLine(
                    environment: test.environment,
                    suite: ComparisonWording.suite(
                        test.suite,
                        run: test.suiteRun,
                        role: test.role,
                        nameLength: limits.nameLength
                    ),
                    name: test.name,
                    address: test.url,
                    remark: ComparisonWording.change(of: test),
                    look: kind.isGood ? .good : .bad
                )
            }
            addTests(lines, limits, to: &page)
            addMore(than: listed.count, of: kind.tests.total, to: &page)
        }
    }

    /// Failed tests, by environment and suite, each with its place in the lab's log.
    static func addFailedTests(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout HTMLWriter) {
        let total = max(report.totals.tests.fail, report.failedTests.count)
        guard total > 0 else { return }
        addHeading("Failed tests (\(total.grouped))", to: &page)
        let listed = report.failedTests.prefix(limits.failedTests)
        let lines = listed.map { test in
            let measured = test.measurement.map { "\($0) \(test.units ?? "")" } ?? ""
            let job = test.isJobIncomplete ? "job not complete" : ""
            return TestLine(
                environment: test.environment,
                suite: ComparisonWording.suite(test.suite, role: test.role, nameLength: limits.nameLength),
                name: test.name,
                address: test.url,
                remark: [measured, job].filter { !$0.isEmpty }.joined(separator: ", "),
                look: .quiet
            )
        }
        addTests(lines, limits, to: &page)
        addMore(than: listed.count, of: total, to: &page)
    }

    private struct TestLine {
        let environment: String
        let suite: String
        let name: String
        let address: String?
        let remark: String
        let look: HTMLLook
    }

    private static func addTests(_ lines: [TestLine], _ limits: ReportLimits, to page: inout HTMLWriter) {
        var rest = lines[...]
        var environment: String?
        while let first = rest.first {
            if environment != first.environment {
                page.newLine()
                page.element("h3", .group, [:], HarmlessText.line(first.environment, limit: limits.nameLength))
                environment = first.environment
            }
            let together = rest.prefix { $0.environment == first.environment && $0.suite == first.suite }
            page.element("h4", .suite, [:], first.suite)
            page.element("ul", .list) { page in
                for line in together { add(line, limits, to: &page) }
            }
            rest = rest.dropFirst(together.count)
        }
    }

    private static func add(_ line: TestLine, _ limits: ReportLimits, to page: inout HTMLWriter) {
        page.element("li", .item) { page in
            page.link(line.address, HarmlessText.line(line.name, limit: limits.nameLength))
            guard !line.remark.isEmpty else { return }
            page.text(" ")
            page.element("span", line.look, [:], HarmlessText.line(line.remark, limit: limits.nameLength))
        }
    }
}
