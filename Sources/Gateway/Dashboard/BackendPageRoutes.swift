// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// The labs: what they have to do, and who keeps them from it.
struct BackendPageRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("backends", use: backends)
        group.get("backends/{backend}", use: backend)
        group.post("backends/{backend}/pause", use: pause)
        group.post("backends/{backend}/resume", use: resume)
    }

    private func backends(_ request: Request, _ context: GatewayContext) async throws -> Response {
        _ = try context.caller.requireReader()
        let view = BackendsView(
            try await gateway.store.backendStatuses(),
            configured: gateway.knownBackends,
            now: .now
        )
        return gateway.page(view, for: gateway.reader(request, context), request)
    }

    private func backend(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let scopes = try context.caller.requireReader()
        let (store, limit) = (gateway.store, BackendView.limit)
        guard let name = context.parameters.get("backend"),
            let status = try await store.backendStatuses().first(where: { $0.name == name })
        else { throw Refusal.notFound() }
        let reader = gateway.reader(request, context)
        let view = BackendView(
            status,
            isConfigured: gateway.knownBackends.contains(name),
            activity: try await store.activity(of: name),
            queue: try await store.queue(of: name, scopes: scopes, limit: limit),
            inFlight: try await store.inFlight(in: name, scopes: scopes, limit: limit),
            failures: try await store.failingSubmissions(to: name, scopes: scopes, limit: limit),
            labs: gateway.labs,
            reader: reader,
            now: .now
        )
        return gateway.page(view, for: reader, request)
    }

    private func pause(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (form, name, context) = try await begin(request, context)
        let reason = try form.reason()
        try await gateway.operations.pause(name, reason: reason, by: context.actor(["by": "dashboard"]))
        return .seeOther("/backends/\(name)?done=\(PageDeed.paused.rawValue)")
    }

    private func resume(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, name, context) = try await begin(request, context)
        try await gateway.operations.resume(name, by: context.actor(["by": "dashboard"]))
        return .seeOther("/backends/\(name)?done=\(PageDeed.resumed.rawValue)")
    }

    private func begin(_ request: Request, _ context: GatewayContext) async throws
        -> (FormFields, String, GatewayContext)
    {
        let (form, context) = try await gateway.signedForm(request, context)
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        return (form, try await gateway.backend(named: context.parameters.get("backend")).name, context)
    }
}
