// SPDX-License-Identifier: Apache-2.0

import AMQP
import Dashboard
import Fleet
import FleetOperations
import FleetQueues
import FleetStore
import Foundation
import Hummingbird

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
