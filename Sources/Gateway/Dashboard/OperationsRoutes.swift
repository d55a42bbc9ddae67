// SPDX-License-Identifier: Apache-2.0

import AMQP
import Dashboard
import Fleet
import FleetOperations
import FleetQueues
import FleetStore
import Foundation
import Hummingbird
import Logging

/// What keeps the fleet going.
struct OperationsRoutes: Sendable {
    let gateway: GatewayParts

    private static let workerLimit = 100
    private static let mismatchLimit = 20
    private static let troubleLimit = 30

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("operations", use: operations)
        group.post("operations/dead/requeue", use: requeue)
    }

    private func operations(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard context.caller.maySeeOperations else { throw Refusal.operatorsOnly(context.caller) }
        let store = gateway.store
        async let broker = gateway.broker.view()
        let reader = gateway.reader(request, context)
        let view = OperationsView(
            broker: await broker,
            workers: try await store.seenWorkers(limit: Self.workerLimit),
            leases: try await store.watcherLeases(),
            ages: try await store.ages(),
            ended: try await store.hourlyEnds(hours: OperationsView.hours),
            backends: try await store.backendStatuses(),
            mismatches: try await store.counterMismatches(limit: Self.mismatchLimit),
            deliveries: try await store.deliveryTroubles(scopes: [.all], limit: Self.troubleLimit),
            reader: reader,
            now: .now
        )
        return gateway.page(view, for: reader, request)
    }

    private func requeue(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (form, context) = try await gateway.signedForm(request, context)
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        let key = form.text("key")
        guard key != nil || form.text("all") == "yes" else { throw Refusal.notFound() }
        try await gateway.operations.note(
            "requeue",
            detail: ["keys": key ?? "all"],
            by: context.actor(["by": "dashboard"])
        )
        let requeued = try await gateway.broker.deadLetters { letters throws(AMQPError) in
            try await letters.requeue(key.map { .keys([$0]) } ?? .all)
        }
        let deed: PageDeed = requeued.moved.isEmpty ? .unrequeued : .requeued
        return .seeOther("/operations?done=\(deed.rawValue)#dead")
    }
}

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
