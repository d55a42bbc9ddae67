// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetStore
import Foundation
import Hummingbird

/// What operators look up: refused documents, the audit log, and tokens.
struct OperatorListRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("operations/rejected", use: rejected)
        group.get("operations/audit", use: audit)
        group.get("operations/tokens", use: tokens)
    }

    private func rejected(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        let before = request.number("before")
        let documents = try await gateway.store.rejectedDocuments(limit: RejectedView.limit + 1, before: before)
        let view = RejectedView(documents, isFirstPage: before == nil, now: .now)
        return gateway.page(view, for: gateway.reader(request, context), request)
    }

    private func audit(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        var filter = AuditFilter()
        filter.actor = request.text("actor")
        filter.action = request.text("action")
        filter.before = request.number("before")
        let changes = try await gateway.store.audit(filter, limit: AuditView.limit + 1)
        let view = AuditView(changes, filter: filter, now: .now)
        return gateway.page(view, for: gateway.reader(request, context), request)
    }

    private func tokens(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        let ofIdentities = request.text("identities") == "true"
        let tokens =
            ofIdentities
            ? try await gateway.store.identityTokens(limit: Token.maximumListed) : try await gateway.store.tokens()
        let view = TokensView(Array(tokens.prefix(Token.maximumListed)), ofIdentities: ofIdentities, now: .now)
        return gateway.page(view, for: gateway.reader(request, context), request)
    }
}

extension Request {
    /// A parameter of the query; `nil` for an empty one. A page does not refuse what it does not know.
    fileprivate func text(_ name: Substring) -> String? {
        uri.queryParameters[name].map { String($0.prefix(200)).storable }.flatMap { $0.isEmpty ? nil : $0 }
    }

    fileprivate func number(_ name: Substring) -> Int? {
        uri.queryParameters[name].flatMap { Int($0) }
    }
}
