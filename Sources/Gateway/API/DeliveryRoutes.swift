// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// Who is told of a jobset, how that goes, and telling it again.
struct DeliveryRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}/deliveries", .listDeliveries, use: list)
        api.post("jobsets/{jobset}/redeliver", .redeliverJobset, use: redeliverFailed)
        api.get("deliveries/{delivery}/tries", .listTries, use: tries)
        api.post("deliveries/{delivery}/redeliver", .redeliver, use: redeliver)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let jobset = try await gateway.readableJobset(context)
        let deliveries = try await gateway.store.deliveries(of: jobset.id)
        return try await Page(whole: deliveries).response(for: request, in: context)
    }

    private func tries(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let (delivery, _, _) = try await gateway.delivery(in: context, for: .read)
        guard let tries = try await gateway.store.tries(of: delivery) else {
            throw FleetRefusal.noSuchDelivery(id: delivery.text)
        }
        return try await Page(whole: tries).response(for: request, in: context)
    }

    private func redeliver(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (delivery, jobset, build) = try await gateway.delivery(in: context, for: .redeliver)
        try ActionBody(try await gateway.actionBytes(request, context)).finish()
        try await gateway.operations.redeliver(delivery, of: jobset, in: build, by: context.actor())
        return try .json(RepeatedDelivery(delivery), status: .accepted)
    }

    private func redeliverFailed(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (id, build) = try await gateway.jobset(in: context, for: .redeliver)
        try ActionBody(try await gateway.actionBytes(request, context)).finish()
        let deliveries = try await gateway.operations.redeliverFailed(of: id, in: build, by: context.actor())
        return try .json(Page(whole: deliveries.map(RepeatedDelivery.init)), status: .accepted)
    }
}

extension GatewayParts {
    /// The delivery that the path names, its jobset and its build, if the caller may do this to it.
    ///
    /// - Throws: ``Refusal``.
    func delivery(
        in context: GatewayContext,
        for ability: Ability
    ) async throws -> (UUID, jobset: UUID, Build) {
        guard let delivery = context.parameters.get("delivery").flatMap(UUID.init(uuidString:)) else {
            throw context.caller.notFound
        }
        let missing = FleetRefusal.noSuchDelivery(id: delivery.text)
        guard let jobset = try await store.jobset(ofDelivery: delivery), let build = try await store.build(of: jobset)
        else { throw context.caller.notFound(missing) }
        try context.caller.require(ability, group: build.group, project: build.project, or: missing)
        return (delivery, jobset, build)
    }
}

extension APIOperation {
    fileprivate static let listDeliveries = APIOperation(
        id: "listDeliveries",
        summary: "The reports and callbacks of the jobset, with their delivery status",
        answers: page("Delivery")
    )

    fileprivate static let redeliverJobset = APIOperation(
        id: "redeliverJobset",
        summary: "Repeat all deliveries of a jobset that were given up",
        body: ["application/json": schema("Nothing")],
        answers: ["202": json("The repeated deliveries", list("Redelivered"))],
        refusals: [403]
    )

    fileprivate static let listTries = APIOperation(
        id: "listTries",
        summary: "The latest tries of a delivery",
        answers: page("Try")
    )

    fileprivate static let redeliver = APIOperation(
        id: "redeliver",
        summary: "Repeat a delivery, with a full new round of tries",
        body: ["application/json": schema("Nothing")],
        answers: ["202": json("The delivery is repeated", schema("Redelivered"))],
        refusals: [403]
    )
}
