// SPDX-License-Identifier: Apache-2.0

import AMQP
import Dashboard
import FleetQueues
import Logging

/// Asks the broker how its queues stand, for people. However many look, it is asked once in a while.
actor BrokerInspector {
    private let broker: AMQPConfiguration
    private let topology: FleetTopology
    private let logger: Logger
    private var latest: (view: BrokerView, at: ContinuousClock.Instant)?
    private var asking: Task<BrokerView, Never>?

    /// For how long an answer is good.
    private static let freshness = Duration.seconds(5)
    /// How long the broker may take to be reached: a person waits.
    private static let patience = Duration.seconds(5)

    init(broker: AMQPConfiguration, topology: FleetTopology, logger: Logger) {
        var broker = broker
        broker.connectTimeout = min(broker.connectTimeout, Self.patience)
        self.broker = broker
        self.topology = topology
        self.logger = logger
    }

    /// How its queues stand; with the reason where it can't be asked.
    func view() async -> BrokerView {
        if let latest, latest.at + Self.freshness > .now { return latest.view }
        if let asking { return await asking.value }
        let (broker, topology, logger) = (broker, topology, logger)
        let task = Task { await Self.ask(broker, topology, logger) }
        asking = task
        let view = await task.value
        (asking, latest) = (nil, (view, .now))
        return view
    }

    /// Lends the dead letters.
    ///
    /// - Throws: `AMQPError`.
    func deadLetters<Result: Sendable>(
        _ body: @Sendable (DeadLetters) async throws(AMQPError) -> Result
    ) async throws -> Result {
        let topology = topology
        defer { latest = nil }
        return try await AMQPSession.withSession(configuration: broker, logger: logger) { session in
            try await body(DeadLetters(session: session, topology: topology))
        }
    }

    private static func ask(_ broker: AMQPConfiguration, _ topology: FleetTopology, _ logger: Logger) async
        -> BrokerView
    {
        do {
            return try await AMQPSession.withSession(configuration: broker, logger: logger) { session in
                var view = BrokerView()
                for queue in topology.workQueues {
                    let counts = try await session.messageCount(queue)
                    view.queues.append(
                        QueueDepth(name: queue, messages: counts?.messages, consumers: counts?.consumers ?? 0)
                    )
                }
                let letters = DeadLetters(session: session, topology: topology)
                view.deadCount = try await letters.count() ?? 0
                if view.deadCount > 0 { view.dead = try await letters.list(limit: OperationsView.limit) }
                return view
            }
        } catch {
            return BrokerView(error: "\(error)")
        }
    }
}
