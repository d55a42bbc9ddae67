// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import Fleet
import FleetRuntime
package import Foundation
package import Logging
import ServiceLifecycle

/// Publishes what follows from a step: mandatory and confirmed, so that what is acked next is not lost.
package struct FleetPublisher: Service {
    /// The fleet's names.
    package let topology: FleetTopology
    private let publisher: AMQPPublisher
    private let turnLimit: Duration

    /// A publisher on a connection of its own.
    package init(configuration: AMQPConfiguration, topology: FleetTopology, logger: Logger) {
        self.topology = topology
        self.turnLimit = configuration.turnLimit
        self.publisher = AMQPPublisher(configuration: configuration, topology: topology.topology, logger: logger)
    }

    /// Whether it has a connection to the broker at present.
    package var isConnected: Bool { publisher.isConnected }

    /// Keeps the connection until shutdown.
    package func run() async throws { try await publisher.runWatched("the publisher", limit: turnLimit) }

    /// One message a job, to its backend's queue.
    package func announce(jobs: [AnnouncedJob]) async throws {
        try await publish(jobs.map { (JobMessage(job: $0.id), topology.jobKey($0.backend)) })
    }

    /// One message a lab job that has finished.
    package func announce(finishedLabJobs ids: [Int], backend: String) async throws {
        try await publish(ids.map { (LabJobMessage(labJob: $0), topology.finishedKey(backend)) })
    }

    /// One message a jobset that has finished.
    package func announce(finished jobsets: [FinishedJobset]) async throws {
        try await publish(
            jobsets.map { (NotificationMessage(jobset: $0.id, generation: $0.generation), topology.notificationKey) }
        )
    }

    /// The same of those that a step has finished.
    ///
    /// - Returns: what else the step did.
    package func announce<Value>(_ step: Unannounced<Value>) async throws -> Value {
        try await step.announced { try await announce(finished: $0) }
    }

    /// A jobset document, as any client would publish it.
    ///
    /// - Parameter traceParent: Where in a trace it is published.
    package func publish(
        jobset body: [UInt8],
        id: UUID?,
        replyTo: String?,
        correlationID: String?,
        traceParent: TraceParent? = .current
    ) async throws {
        try await publish(body, "muster.jobset.v1", topology.jobsetKey, id, replyTo, correlationID, traceParent)
    }

    /// A document that adds jobs to an open jobset, or seals it, as any client would publish it. `id` is the addition's
    /// own: published again under it, it is the same.
    package func publish(
        addition body: [UInt8],
        id: UUID?,
        replyTo: String?,
        correlationID: String?,
        traceParent: TraceParent? = .current
    ) async throws {
        try await publish(body, "muster.addition.v1", topology.additionKey, id, replyTo, correlationID, traceParent)
    }

    private func publish(
        _ body: [UInt8],
        _ type: String,
        _ routingKey: String,
        _ id: UUID?,
        _ replyTo: String?,
        _ correlationID: String?,
        _ traceParent: TraceParent?
    ) async throws {
        let properties = AMQPProperties(
            contentType: "application/json",
            headers: traceParent.map { [TraceParent.header: .string("\($0)")] },
            correlationID: correlationID,
            replyTo: replyTo,
            messageID: id?.text,
            type: type,
            appID: "muster"
        )
        try await publish(AMQPMessage(body: body, properties: properties), to: topology.exchange, routingKey)
    }

    /// Answers a message, if it asked for an answer where answers may go; that nobody waits for it any more is no failure.
    package func reply(_ body: [UInt8], contentType: String, type: String, to delivery: AMQPDelivery) async throws {
        guard let replyTo = delivery.message.properties.replyTo, !replyTo.isEmpty, topology.canTakeAnswers(replyTo)
        else { return }
        let properties = AMQPProperties(
            contentType: contentType,
            deliveryMode: .transient,
            correlationID: delivery.message.properties.correlationID ?? delivery.message.properties.messageID,
            type: type,
            appID: "muster"
        )
        try await publisher.publish(
            AMQPMessage(body: body, properties: properties),
            exchange: "",
            routingKey: replyTo,
            mandatory: false
        )
    }

    /// Has a message come again to `queue` after the shortest pause that is no shorter than `pause`, or the longest.
    func delay(_ delivery: AMQPDelivery, of queue: String, by pause: Duration, reason: String) async throws {
        let delay = FleetTopology.delays.first { $0 >= pause } ?? FleetTopology.delays[FleetTopology.delays.count - 1]
        let message = PutOffMessage.again(delivery, tries: tries(delivery) + 1, reason: reason)
        try await publishMarked(message, to: topology.delay(delay), queue)
    }

    /// Puts a message aside with the reason.
    func bury(_ delivery: AMQPDelivery, of queue: String, reason: String) async throws {
        try await publishMarked(
            PutOffMessage.aside(delivery, queue: queue, reason: reason),
            to: topology.dead,
            queue
        )
    }

    /// How often a message has been put off.
    func tries(_ delivery: AMQPDelivery) -> Int { PutOffMessage.tries(delivery, in: topology) }

    private func publishMarked(_ message: AMQPMessage, to exchange: String, _ routingKey: String) async throws {
        do {
            try await publish(message, to: exchange, routingKey)
        } catch let error as AMQPError where error.code == .tooLarge {
            try await publish(PutOffMessage.bare(message), to: exchange, routingKey)
        }
    }

    private func publish(_ message: AMQPMessage, to exchange: String, _ routingKey: String) async throws {
        try await insist { try await publisher.publish(message, exchange: exchange, routingKey: routingKey) }
    }

    private func publish(_ messages: [(any FleetMessage, String)]) async throws {
        guard !messages.isEmpty else { return }
        var left = try messages.map { message, key in
            AMQPPublication(message: try message.encoded(), exchange: topology.exchange, routingKey: key)
        }
        try await insist {
            do {
                try await publisher.publish(left)
            } catch let error as AMQPBatchError {
                left = error.failures.keys.sorted().map { left[$0] }
                throw error
            }
        }
    }

    /// How long after a refusal the same is published again, each a little more or less.
    private static let pausesAfterRefusal: [Duration] = [
        .milliseconds(50), .milliseconds(200), .milliseconds(800), .seconds(2),
    ]

    /// Publishes what the broker refuses again, a few times: a queue that was declared a moment ago, or whose leader is
    /// being elected, refuses what comes meanwhile. All that the fleet publishes may come twice.
    private func insist(_ publish: () async throws -> Void) async throws {
        for pause in Self.pausesAfterRefusal {
            do {
                return try await publish()
            } catch let error as AMQPError where error.code == .nacked {
            } catch let error as AMQPBatchError where error.failures.values.allSatisfy({ $0.code == .nacked }) {
            }
            try await Task.sleep(for: pause * Double.random(in: 0.8...1.2))
        }
        try await publish()
    }
}
