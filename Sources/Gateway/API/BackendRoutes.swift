// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird

/// The labs: how they stand, and whether jobs go there.
struct BackendRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("backends", .listBackends, use: list)
        api.get("backends/{backend}", .getBackend, use: backend)
        api.post("backends/{backend}/pause", .pauseBackend, use: pause)
        api.post("backends/{backend}/resume", .resumeBackend, use: resume)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        _ = try context.caller.requireReader()
        return try await Page(whole: gateway.backends()).response(for: request, in: context)
    }

    private func backend(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        _ = try context.caller.requireReader()
        return try .entity(try await gateway.backend(named: context.parameters.get("backend")), for: request)
    }

    private func pause(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var body = try await gateway.operatorsBody(request, context)
        let reason = body.text("reason", maximumLength: 500)
        try body.finish()
        let name = try await gateway.backend(named: context.parameters.get("backend")).name
        try await gateway.operations.pause(name, reason: reason, by: context.actor())
        return try .json(try await gateway.backend(named: name))
    }

    private func resume(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gateway.operatorsBody(request, context).finish()
        let name = try await gateway.backend(named: context.parameters.get("backend")).name
        try await gateway.operations.resume(name, by: context.actor())
        return try .json(try await gateway.backend(named: name))
    }
}

extension GatewayParts {
    /// Every lab, configured or known.
    func backends() async throws -> [Backend] {
        Backend.all(configured: configuration.backends.mapValues(\.url), known: try await store.backendStatuses())
    }

    /// One lab.
    ///
    /// - Throws: ``FleetRefusal`` when there is none of that name.
    func backend(named name: String?) async throws -> Backend {
        let all = try await backends()
        guard let backend = all.first(where: { $0.name == name }) else {
            throw FleetRefusal.noSuchBackend(name: name ?? "", known: all.map(\.name))
        }
        return backend
    }

    /// The body of a request that only operators may make.
    ///
    /// - Throws: ``Refusal``.
    func operatorsBody(_ request: Request, _ context: GatewayContext) async throws -> ActionBody {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        return try ActionBody(try await actionBytes(request, context))
    }
}

extension APIOperation {
    fileprivate static let listBackends = APIOperation(
        id: "listBackends",
        summary: "The labs, by name",
        answers: page("Backend"),
        refusals: [403]
    )

    fileprivate static let getBackend = APIOperation(
        id: "getBackend",
        summary: "A lab, with the reason if it gets no jobs",
        answers: one("Backend", "The lab"),
        refusals: [403]
    )

    fileprivate static let pauseBackend = APIOperation(
        id: "pauseBackend",
        summary: "Stop sending jobs to a lab",
        body: ["application/json": schema("PauseRequest")],
        answers: ["200": json("The current state of the lab", schema("Backend"))],
        refusals: [403]
    )

    fileprivate static let resumeBackend = APIOperation(
        id: "resumeBackend",
        summary: "Resume sending jobs to a lab",
        body: ["application/json": schema("Nothing")],
        answers: ["200": json("The current state of the lab", schema("Backend"))],
        refusals: [403]
    )
}
