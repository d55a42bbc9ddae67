// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import Hummingbird

/// The same done to many jobsets, which the query names as that of the list does.
struct BulkRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.post("bulk/cancel", .cancelJobsets) { try await act(.cancel, $0, $1) }
        api.post("bulk/retry", .retryJobsets) { try await act(.retry, $0, $1) }
        api.post("bulk/redeliver", .redeliverJobsets) { try await act(.redeliver, $0, $1) }
    }

    private func act(_ action: BulkAction, _ request: Request, _ context: GatewayContext) async throws -> Response {
        try context.caller.requireAnywhere(action.ability)
        var query = QueryReader(request)
        let wish = gateway.bulkRequest(action, &query)
        try query.finish()
        var body = try ActionBody(
            try await request.bytes(
                atMost: min(ActionBody.maximumBytes, gateway.bodies.maximumForOne / ActionBody.cost),
                within: gateway.limits.bodyTimeout,
                cost: ActionBody.cost,
                context
            )
        )
        let isPreview = body.flag("preview")
        let reason = action == .cancel ? body.text("reason") : nil
        try body.finish()
        let permitted = try context.caller.permitted(wish)
        let outcome =
            isPreview
            ? try await gateway.operations.preview(permitted)
            : try await gateway.operations.carryOut(permitted, reason: reason, by: context.actor())
        return try .json(outcome, status: isPreview ? .ok : .accepted)
    }
}

extension GatewayParts {
    /// What a query says of the jobsets that something is to be done to.
    func bulkRequest(_ action: BulkAction, _ query: inout QueryReader) -> BulkRequest {
        let most = limits.maximumBulkJobsets
        let limit = query.limit(default: most, most: BulkRequest.maximumLimit)
        let filter = JobsetListRoute.conditions(&query, limit: min(limit, most))
        let reason = query.text("reason_contains")
        if let reason, reason.allSatisfy(\.isWhitespace) {
            query.add("reason_contains", reason, "must not be empty: every reason contains that")
        }
        let request = BulkRequest(action, filter, reason: reason)
        if request.isForEverything, !query.hasFaults {
            query.add("group", nil, "is missing, and so is every other filter: name one")
        }
        return request
    }
}

extension Caller {
    /// A request as far as it is the caller's to make: in the projects that they may see and in which they may do this.
    ///
    /// - Throws: ``Refusal`` for a project that it names and in which they may not.
    func permitted(_ request: BulkRequest) throws(Refusal) -> BulkRequest {
        var request = request
        let ability = request.action.ability
        if let group = request.filter.group, let project = request.filter.project {
            try requireNamed(ability, group: group, project: project)
        }
        request.visible = readable
        request.filter.scopes = ProjectScope.inBoth(readable, permissions.projects(for: ability))
        return request
    }
}

extension APIOperation {
    private static let filter =
        JobsetListRoute.parameters + [
            query(
                "reason_contains",
                "Only jobs with this text in their reason; of deliveries, in their last error",
                text
            ),
            limit(BulkRequest.maximumLimit), cursor,
        ]

    private static func bulk(_ id: String, _ summary: String, _ body: String) -> APIOperation {
        APIOperation(
            id: id,
            summary: summary,
            parameters: filter,
            body: ["application/json": schema(body)],
            answers: [
                "200": json("What would be done", schema("BulkOutcome")),
                "202": json("What was done", schema("BulkOutcome")),
            ],
            refusals: [403]
        )
    }

    fileprivate static let cancelJobsets = bulk(
        "cancelJobsets",
        "Cancel the running jobsets that match, or only their jobs in this environment or lab",
        "BulkCancelRequest"
    )

    fileprivate static let retryJobsets = bulk(
        "retryJobsets",
        "Re-run the failed jobs of the finished jobsets that match",
        "BulkRequest"
    )

    fileprivate static let redeliverJobsets = bulk(
        "redeliverJobsets",
        "Repeat the deliveries that were given up, of the jobsets that match",
        "BulkRequest"
    )
}
