// SPDX-License-Identifier: Apache-2.0

package import AMQP
import Fleet
package import Foundation
package import Logging
import ServiceLifecycle

/// An event as it goes over the wire: a CloudEvent in structured mode.
package struct EventMessage: Sendable, Equatable {
    /// The CloudEvent's id.
    package let id: UUID
    /// The CloudEvent's type.
    package let type: String
    /// The group and the project of the jobset.
    package let group: String
    package let project: String
    package let happenedAt: Date
    /// The CloudEvent, in JSON.
    package let body: [UInt8]

    /// An event as given.
    package init(id: UUID, type: String, group: String, project: String, happenedAt: Date, body: [UInt8]) {
        self.id = id
        self.type = type
        self.group = group
        self.project = project
        self.happenedAt = happenedAt
        self.body = body
    }

    /// `<type>.<group>.<project>`: at most 217 of the 255 bytes that a routing key may have.
    package var routingKey: String { "\(type).\(group).\(project)" }

    /// The media type of a CloudEvent in structured mode (CloudEvents 1.0.2, JSON event format).
    package static let contentType = "application/cloudevents+json; charset=utf-8"
}

/// Publishes events for others, on a connection of its own: a reader that floods the broker, or an exchange that may not be
/// declared, keeps nothing else from going on.
package struct EventPublisher: Service {
    private let topology: FleetTopology
    private let publisher: AMQPPublisher
    private let turnLimit: Duration
    /// How long one event takes at most.
    package let timeLimit: Duration

    /// A publisher that declares the exchange of events.
    package init(configuration: AMQPConfiguration, topology: FleetTopology, logger: Logger) {
        var configuration = configuration
        configuration.survivesRefusal = true
        self.topology = topology
        turnLimit = configuration.turnLimit
        timeLimit = configuration.publishTimeout
        publisher = AMQPPublisher(configuration: configuration, topology: topology.eventTopology, logger: logger)
    }

    /// Keeps the connection until shutdown.
    package func run() async throws { try await publisher.runWatched("the publisher of events", limit: turnLimit) }

    /// Publishes an event. The broker confirms it whether or not somebody has bound a queue for it.
    package func publish(_ event: EventMessage) async throws {
        let properties = AMQPProperties(
            contentType: EventMessage.contentType,
            messageID: event.id.text,
            timestamp: UInt64(max(0, event.happenedAt.timeIntervalSince1970)),
            type: event.type,
            appID: "muster"
        )
        try await publisher.publish(
            AMQPMessage(body: event.body, properties: properties),
            exchange: topology.events,
            routingKey: event.routingKey,
            mandatory: false
        )
    }
}
