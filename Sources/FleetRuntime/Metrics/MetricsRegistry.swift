// SPDX-License-Identifier: Apache-2.0

package import Metrics
import Synchronization

/// Holds the metrics of one process and writes them in Prometheus's text format 0.0.4.
///
/// Names gain the prefix `muster_` and the suffix of their kind where these are missing: `_total` for counters,
/// `_seconds` for timers, which are histograms in seconds. The number of label sets of one metric is limited; those
/// beyond it are counted in `muster_metrics_dropped_total` instead of being kept.
package final class MetricsRegistry: MetricsFactory, Sendable {
    /// The registry of this process, in force for `swift-metrics` from the first use of this property on.
    package static let bootstrapped: MetricsRegistry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    /// The most label sets of one metric.
    package let maximumSeries: Int

    /// Upper bounds of a timer's buckets, in seconds: from a fast query to a slow lab.
    static let secondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
    /// Upper bounds of a recorder's buckets: counts and sizes.
    static let sizeBounds = [1, 2, 5, 10, 20, 50, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000.0]

    private let families = Mutex<[String: MetricFamily]>([:])
    private let dropped = MetricCell(.counter)

    /// An empty registry.
    ///
    /// - Parameter maximumSeries: The most label sets of one metric.
    package init(maximumSeries: Int = 1_000) {
        self.maximumSeries = maximumSeries
    }

    /// Has these metrics, too, explained by a `# HELP` line each.
    package static func describe(_ metrics: [MetricDescription]) {
        descriptions.withLock { descriptions in
            for metric in metrics { descriptions[metric.name] = metric }
        }
    }

    /// By name; from the start those of ``FleetMetric``.
    private static let descriptions = Mutex(
        Dictionary(uniqueKeysWithValues: FleetMetric.allCases.map { ($0.rawValue, $0.description) })
    )

    /// All metrics as text, in the order of their names.
    package func text() -> String {
        var families = families.withLock { $0 }
        let descriptions = Self.descriptions.withLock { $0 }
        let name = FleetMetric.metricsDropped.rawValue
        families[name] = MetricFamily(kind: .counter, series: [MetricLabels([]): dropped])
        var lines: [String] = []
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let description = descriptions[name] { lines.append(description.helpLine) }
            lines.append("# TYPE \(name) \(family.kind.word)")
            for (labels, cell) in family.series.sorted(by: { $0.key.text < $1.key.text }) {
                cell.write(name, labels, into: &lines)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Removes the series of a metric, or those that have a certain label.
    package func remove(_ name: String, where label: (name: String, value: String)? = nil) {
        families.withLock { families in
            guard let label else { return families[name] = nil }
            let series = families[name]?.series ?? [:]
            families[name]?.series = series.filter { !$0.key.contains(label.name, label.value) }
        }
    }

    /// Removes the series of all metrics that have a certain label.
    package func remove(where label: (name: String, value: String)) {
        for name in families.withLock({ Array($0.keys) }) { remove(name, where: label) }
    }

    // MARK: MetricsFactory

    /// A counter, the one it was before if there was one.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, .counter, dimensions)
    }

    /// A counter that can grow by parts of one.
    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        cell(label, .counter, dimensions)
    }

    /// A gauge.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(label, .gauge, dimensions)
    }

    /// A histogram of sizes when `aggregate`, otherwise a gauge.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        cell(label, aggregate ? .histogram(bounds: Self.sizeBounds) : .gauge, dimensions)
    }

    /// A histogram in seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(label, .timer(bounds: Self.secondsBounds), dimensions)
    }

    /// Does nothing: a series outlives its handle, since one that came and went would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}

    /// Does nothing: a series outlives its handle, since one that came and went would look like a restart.
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}

    /// Does nothing: a series outlives its handle, since one that came and went would look like a restart.
    package func destroyMeter(_ handler: any MeterHandler) {}

    /// Does nothing: a series outlives its handle, since one that came and went would look like a restart.
    package func destroyRecorder(_ handler: any RecorderHandler) {}

    /// Does nothing: a series outlives its handle, since one that came and went would look like a restart.
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func cell(_ label: String, _ kind: MetricKind, _ dimensions: [(String, String)]) -> MetricCell {
        let name = kind.name(for: label)
        let labels = MetricLabels(dimensions)
        let cell: MetricCell? = families.withLock { families in
            var family = families[name] ?? MetricFamily(kind: kind, series: [:])
            guard family.kind == kind else { return nil }
            if let known = family.series[labels] { return known }
            guard family.series.count < maximumSeries else { return nil }
            let cell = MetricCell(kind)
            family.series[labels] = cell
            families[name] = family
            return cell
        }
        if let cell { return cell }
        dropped.increment(by: Int64(1))
        return MetricCell(kind)
    }
}
