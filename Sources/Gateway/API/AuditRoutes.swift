// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

/// Who asked for which change, over HTTP.
struct AuditRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("audit", .listAudit, use: list)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        var query = QueryReader(request)
        let limit = query.limit(default: 100, most: 1_000)
        var filter = AuditFilter()
        filter.actor = query.text("actor")
        filter.action = query.text("action")
        filter.jobset = query.id("jobset")
        filter.before = query.cursor(parts: 1) { Int($0[0]) }
        try query.finish()
        let found = try await gateway.store.audit(filter, limit: limit + 1)
        return try await Page(found, limit: limit) {
            Cursor("\($0.id)")
        } item: {
            $0
        }
        .response(for: request, in: context)
    }
}

extension APIOperation {
    fileprivate static let listAudit = APIOperation(
        id: "listAudit",
        summary: "The changes that were requested, latest first",
        parameters: [
            query("actor", "Only with the token of this name", text), query("action", "Only this action", text),
            query("jobset", "Only of this jobset", ["type": "string", "format": "uuid"]), limit(1_000), cursor,
        ],
        answers: page("AuditedChange"),
        refusals: [403]
    )
}
