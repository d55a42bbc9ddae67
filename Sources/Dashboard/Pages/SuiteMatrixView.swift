// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
import Foundation

/// What the tests of a jobset said, by suite and environment.
package struct SuiteMatrixView: PageContent {
    package static let template = "suiteMatrix"
    package var title: String { "Tests of \(version)" }

    /// How many environments and suites are shown: those with the most failed tests.
    static let environmentLimit = 15
    static let suiteLimit = 100
    /// The most suites of all environments together that are looked at.
    package static let limit = 20_000
    /// How many measurements are listed.
    package static let metricLimit = 100

    struct Metric: SizedRow, Sendable {
        let suite: String
        let test: String
        let chartHref: String
        let environment: String
        let value: String

        var size: Int { 300 + bytes(suite, test, chartHref, environment, value) }

        init(_ metric: JobsetMetric, of jobset: JobsetSummary) {
            suite = PageText.line(metric.suite, limit: 120)
            test = PageText.line(metric.name)
            chartHref = MetricHistoryView.path(
                group: jobset.group,
                project: jobset.project,
                suite: metric.suite,
                test: metric.name,
                environment: metric.environment
            )
            environment = PageText.line(metric.environment, limit: 80)
            value = PageText.measurement(metric.measurement)
        }
    }

    struct Column: Sendable {
        let environment: String
        let href: String
    }

    struct Cell: Sendable {
        /// `nil` where the suite did not run.
        let badge: Badge?
    }

    struct Row: Sendable {
        let suite: String
        let cells: [Cell]
    }

    let base: String
    let project: String
    let projectHref: String
    let version: String
    let columns: [Column]
    let rows: [Row]
    let hasRows: Bool
    let remark: String?
    let empty: String
    let metrics: [Metric]
    let hasMetrics: Bool
    let metricRemark: String?

    /// - Parameters:
    ///   - suites: `nil` if they could not be counted in time.
    ///   - metrics: One more than are listed if there are more; `nil` if they could not be found in time.
    package init(_ jobset: JobsetSummary, _ suites: [SuiteTotals]?, metrics found: [JobsetMetric]?) {
        let found = found ?? []
        metrics = found.prefix(Self.metricLimit).map { Metric($0, of: jobset) }.prefix(bytes: 100_000)
        hasMetrics = !metrics.isEmpty
        metricRemark = found.count > metrics.count ? "The first \(metrics.count), by environment, suite and name." : nil
        base = jobset.path
        project = PageText.line("\(jobset.group)/\(jobset.project)")
        projectHref = jobset.projectPath
        version = PageText.line(jobset.version)
        let environments = Self.ranked(suites ?? [], by: \.environment)
        let names = Self.ranked(suites ?? [], by: \.suite)
        let shown = Array(environments.prefix(Self.environmentLimit))
        columns = shown.map { environment in
            Column(
                environment: PageText.line(environment),
                href: "\(jobset.path)?environment=\(PageText.path(environment))#jobs"
            )
        }
        let byPlace = Dictionary(
            (suites ?? []).map { (Place(environment: $0.environment, suite: $0.suite), $0.tests) },
            uniquingKeysWith: { first, _ in first }
        )
        rows = names.prefix(Self.suiteLimit).map { suite in
            Row(
                suite: PageText.line(suite),
                cells: shown.map { Cell(badge: byPlace[Place(environment: $0, suite: suite)].map(Self.badge)) }
            )
        }
        hasRows = !rows.isEmpty
        remark = Self.remark(environments: environments.count, suites: names.count)
        empty =
            switch (suites, jobset.state) {
            case (nil, _): "There are too many results to count them in time."
            case (_, .running): "Tests are listed here once the jobset has finished."
            case (_, .finished): "There are no test results, or they are still being counted."
            }
    }

    private struct Place: Hashable {
        let environment: String
        let suite: String
    }

    /// The names, those with the most failed tests first.
    private static func ranked(_ suites: [SuiteTotals], by name: (SuiteTotals) -> String) -> [String] {
        var failures: [String: Int] = [:]
        for suite in suites { failures[name(suite), default: 0] += suite.tests.fail }
        return failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    private static func badge(_ tests: TestCounts) -> Badge {
        let total = tests.pass + tests.fail + tests.skip + tests.unknown + tests.xfail
        if tests.fail > 0 { return Badge(.bad, "\(PageText.number(tests.fail)) of \(PageText.number(total)) failed") }
        return Badge(tests.pass > 0 ? .good : .mute, PageText.number(total))
    }

    private static func remark(environments: Int, suites: Int) -> String? {
        let left = [
            environments > environmentLimit ? PageText.count(environments - environmentLimit, "environment") : nil,
            suites > suiteLimit ? PageText.count(suites - suiteLimit, "suite") : nil,
        ].compactMap(\.self)
        return left.isEmpty ? nil : "Not shown: \(left.joined(separator: " and ")) with fewer failed tests."
    }
}
