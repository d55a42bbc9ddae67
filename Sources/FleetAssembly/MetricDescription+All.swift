// SPDX-License-Identifier: Apache-2.0

import AMQP
package import FleetRuntime
import Postgres

extension MetricDescription {
    /// Every metric that a worker can have: the fleet's own, and those of the libraries below it.
    package static let all: [MetricDescription] =
        FleetMetric.allCases.map(\.description)
        + AMQPMetric.allCases.map { library($0.rawValue, $0.description) }
        + PostgresMetric.allCases.map { library($0.rawValue, $0.description) }
        + ProcessMetric.allCases.map(\.description)

    private static func library(
        _ label: String,
        _ description: (labels: [String], meaning: String)
    ) -> MetricDescription {
        let (labels, meaning) = description
        return MetricDescription(name: "muster_" + label, labels: labels, workers: "all", meaning: meaning)
    }
}
