// SPDX-License-Identifier: Apache-2.0

import Metrics

/// The labels of a metric are stated in its description; leaving one out, or adding one, is a mistake of ours.
extension FleetMetric {
    /// Adds to a counter.
    package func increment(by amount: Int = 1, _ labels: KeyValuePairs<Label, String> = [:]) {
        Counter(label: rawValue, dimensions: dimensions(labels)).increment(by: amount)
    }

    /// Sets a gauge.
    package func set(_ value: Int, _ labels: KeyValuePairs<Label, String> = [:]) {
        Gauge(label: rawValue, dimensions: dimensions(labels)).record(value)
    }

    /// Adds a size to a histogram.
    package func record(_ size: Int, _ labels: KeyValuePairs<Label, String> = [:]) {
        Recorder(label: rawValue, dimensions: dimensions(labels)).record(size)
    }

    /// Adds a time to a histogram.
    package func record(_ time: Duration, _ labels: KeyValuePairs<Label, String> = [:]) {
        Metrics.Timer(label: rawValue, dimensions: dimensions(labels)).record(duration: time)
    }

    /// Makes the series of a counter that can be known, at 0: a series that begins with its first event seems never to
    /// have grown.
    ///
    /// - Parameter known: The values of labels that are the installation's. A label without any values makes no series.
    package func startAtZero(_ known: [Label: [String]]) {
        guard rawValue.hasSuffix("_total") else { return }
        var series: [[(String, String)]] = [[]]
        for label in description.labels {
            let values = description.values[label] ?? Label(rawValue: label).flatMap { known[$0] } ?? []
            series = series.flatMap { labels in values.map { labels + [(label, $0)] } }
        }
        for labels in series { Counter(label: rawValue, dimensions: labels).increment(by: 0) }
    }

    /// The same for all counters of a worker, such as `watcher`.
    package static func startAtZero(worker: String, backends: [String]) {
        for metric in allCases {
            let workers = metric.description.workers.split(separator: ", ")
            guard workers.contains("all") || workers.contains(Substring(worker)) else { continue }
            metric.startAtZero([.backend: backends])
        }
    }

    /// Removes series: what they said is somebody else's to say now.
    ///
    /// - Parameter label: Only those with this label; `nil`: all.
    package func forget(where label: (name: Label, value: String)? = nil) {
        let registry = MetricsSystem.factory as? MetricsRegistry
        registry?.remove(rawValue, where: label.map { ($0.name.rawValue, $0.value) })
    }

    private func dimensions(_ labels: KeyValuePairs<Label, String>) -> [(String, String)] {
        let dimensions = labels.map { ($0.key.rawValue, $0.value) }
        assert(dimensions.map(\.0) == description.labels, "\(rawValue) has other labels")
        return dimensions
    }
}
