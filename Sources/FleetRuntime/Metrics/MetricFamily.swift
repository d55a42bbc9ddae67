// SPDX-License-Identifier: Apache-2.0

/// All series of one metric.
struct MetricFamily {
    let kind: MetricKind
    var series: [MetricLabels: MetricCell]
}
