// SPDX-License-Identifier: Apache-2.0

/// All that this library counts, by its label in swift-metrics.
package enum AMQPMetric: String, CaseIterable, Sendable {
    case connected = "amqp_connected"
    case blocked = "amqp_blocked"
    case reconnects = "amqp_reconnects_total"
    case published = "amqp_published_total"
    case confirmTime = "amqp_confirm_seconds"
    case deliveries = "amqp_deliveries_total"

    /// The names of its labels, and what it says.
    package var description: (labels: [String], meaning: String) {
        switch self {
        case .connected: (["role"], "1 while the publisher, or a consumer, is connected to the broker")
        case .blocked: (["role"], "1 while the broker accepts no messages because of an alarm")
        case .reconnects: (["role"], "connections to the broker that were lost or refused")
        case .published: (["outcome"], "messages published: confirmed, or the code of the error")
        case .confirmTime: ([], "the time until the broker confirms a message")
        case .deliveries:
            (["queue", "settlement"], "messages received, by how they were settled; lost if their connection was gone")
        }
    }
}
