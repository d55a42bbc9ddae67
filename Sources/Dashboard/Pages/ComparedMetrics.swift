// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

/// When a measurement has moved beyond its limit: the project's own where one is about it, else any change of a threshold.
package struct MetricRule: Sendable {
    /// The project's limits, in their order.
    package var limits: [MetricLimit]
    /// In percent.
    package var threshold: Int

    package init(limits: [MetricLimit], threshold: Int) { (self.limits, self.threshold) = (limits, threshold) }

    /// What a measurement that has moved beyond its limit is told as; `nil` for one that has not.
    func judgement(of metric: ComparedMeasurement) -> Badge? {
        guard let change = metric.changePercent else { return nil }
        let limit = limits.first {
            $0.pattern.matches(environment: metric.environment, suite: metric.suite, test: metric.name)
        }
        guard let limit else { return abs(change) >= Double(threshold) ? Badge(.none, "changed") : nil }
        let worse = limit.better == .lower ? change : -change
        if worse > Double(limit.percent) { return Badge(.bad, "worse than its limit of \(limit.percent) %") }
        return -worse >= Double(max(threshold, 1)) ? Badge(.good, "better") : nil
    }

    /// How many measurements there are, and how many have moved.
    func words(moved: Int, shown: Int, of comparison: TestComparison) -> String {
        guard comparison.metricTotal > 0 else { return "No measurements." }
        let all = PageText.count(comparison.metricTotal, "measurement")
        let looked = comparison.metrics.count < comparison.metricTotal
        let those = looked ? ", looking at the \(PageText.number(comparison.metrics.count)) that changed most" : ""
        let cut = moved > shown ? " Only the first \(PageText.number(shown)) are listed." : ""
        return "\(PageText.number(moved)) of \(all) moved beyond their limits\(those): the project's metric limits,"
            + " or \(threshold) % where none applies.\(cut)"
    }
}

/// A measurement that has moved beyond its limit.
struct ComparedMetricRow: SizedRow, Sendable {
    let suite: String
    let test: String
    let chartHref: String
    let environment: String
    let job: String?
    let before: String
    let after: String
    let change: String
    let badge: Badge

    var size: Int { 700 + bytes(suite, test, chartHref, environment, job, before, after) }

    /// Those that are worse first, then by how much they have changed.
    static func rows(
        of comparison: TestComparison,
        _ names: ComparedNames,
        _ rule: MetricRule
    ) -> [ComparedMetricRow] {
        let rows = comparison.metrics.compactMap { metric in
            rule.judgement(of: metric).map { ComparedMetricRow(metric, $0, names) }
        }
        return rows.filter { $0.badge.tone == Tone.bad.rawValue } + rows.filter { $0.badge.tone != Tone.bad.rawValue }
    }

    private init(_ metric: ComparedMeasurement, _ badge: Badge, _ names: ComparedNames) {
        suite = ComparedTestRow.suite(metric)
        test = PageText.line(metric.name)
        chartHref = MetricHistoryView.path(
            group: names.group,
            project: names.project,
            suite: metric.suite,
            test: metric.name,
            environment: metric.environment
        )
        environment = PageText.line(metric.environment, limit: 80)
        job = metric.jobName.map { PageText.line($0, limit: 120) }
        before = PageText.measurement(metric.before, metric.units)
        after = PageText.measurement(metric.after, metric.units)
        change = PageText.percent(metric.changePercent)
        self.badge = badge
    }
}
