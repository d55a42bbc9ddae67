// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Events that are published for others.
extension FleetMetric {
    var publishedDescription: MetricDescription {
        let relay = "notifier"
        return switch self {
        case .eventsPublished:
            .init(
                self,
                relay,
                by: [.what],
                values: [.what: FleetEventType.allCases.map(\.rawValue)],
                "events published, by type"
            )
        case .eventsDropped:
            .init(self, relay, "events dropped because more than events.maximum_backlog waited to be published")
        case .eventBacklog:
            .init(self, relay, "events that wait to be published; only the notifier that publishes says it")
        default: .init(self, relay, "for how long the oldest of them has waited; 0 if none waits")
        }
    }
}
