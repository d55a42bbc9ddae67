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

    private func dimensions(_ labels: KeyValuePairs<Label, String>) -> [(String, String)] {
        let dimensions = labels.map { ($0.key.rawValue, $0.value) }
        assert(dimensions.map(\.0) == description.labels, "\(rawValue) has other labels")
        return dimensions
    }
}
