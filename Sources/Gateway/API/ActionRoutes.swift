// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird

/// What changes a jobset: its limits, seal, cancel, retry. Each can be asked for again without harm.
struct ActionRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.patch("jobsets/{jobset}", .changeJobset, use: change)
        api.post("jobsets/{jobset}/seal", .sealJobset, use: seal)
        api.post("jobsets/{jobset}/cancel", .cancelJobset, use: cancel)
        api.post("jobsets/{jobset}/retry", .retryJobset, use: retry)
    }

    private func change(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var (id, build, body) = try await begin(.submit, request, context)
        let change = JobsetChange(
            maxFailures: body.failureLimit("max_failures"),
            priority: body.integer("priority", JobsetDocument.priorities),
            timeout: body.seconds("timeout", 1...gateway.documentLimits.maximumTimeout),
            isKept: body.flag(orNone: "is_kept")
        )
        try body.finish()
        let (jobset, hasCanceledRest) = try await gateway.operations.change(id, change, in: build, by: context.actor())
        return try .json(ChangedJobset(jobset, hasCanceledRest: hasCanceledRest))
    }

    private func seal(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (id, build, body) = try await begin(.submit, request, context)
        try body.finish()
        return try .json(SealedJobset(id: id, try await gateway.operations.seal(id, in: build, by: context.actor())))
    }

    private func cancel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var (id, build, body) = try await begin(.cancel, request, context)
        let reason = body.text("reason")
        let jobs = body.positions("jobs")
        try body.finish()
        let cancellation = try await gateway.operations.cancel(
            id,
            in: build,
            jobs: jobs,
            reason: reason,
            by: context.actor()
        )
        return try .json(CanceledJobset(id: id, cancellation), status: .accepted)
    }

    /// What `retry` sends out when no single jobs are named.
    private enum Choice: String, CaseIterable { case failed, all }

    private func retry(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var (id, build, body) = try await begin(.retry, request, context)
        let choice = body.word("select", Choice.self)
        let positions = body.positions("jobs")
        if choice != nil, positions != nil { body.fault("select", "and jobs exclude each other") }
        try body.finish()
        let selection: RetrySelection = positions.map { .jobs($0) } ?? (choice == .all ? .all : .failed)
        let retrial = try await gateway.operations.retry(id, selection, in: build, by: context.actor())
        return try .json(RetriedJobset(id: id, retrial), status: .accepted)
    }

    /// What all of them begin with: the jobset, its build and the body, if the caller may do this.
    private func begin(
        _ ability: Ability,
        _ request: Request,
        _ context: GatewayContext
    ) async throws -> (UUID, Build, ActionBody) {
        let (id, build) = try await gateway.jobset(in: context, for: ability)
        return (id, build, try ActionBody(try await gateway.actionBytes(request, context)))
    }
}

extension GatewayParts {
    /// The body of an action, which has no parameters.
    ///
    /// - Throws: ``Refusal``.
    func actionBytes(_ request: Request, _ context: GatewayContext) async throws -> [UInt8] {
        try QueryReader(request).finish()
        return try await request.bytes(
            atMost: min(ActionBody.maximumBytes, bodies.maximumForOne / ActionBody.cost),
            within: limits.bodyTimeout,
            cost: ActionBody.cost,
            context
        )
    }

    /// The jobset that the path names, if the caller may do this to it.
    ///
    /// - Throws: ``Refusal``.
    func jobset(in context: GatewayContext, for ability: Ability) async throws -> (UUID, Build) {
        // Nothing is changed without a token: a flood of such requests is not worth asking the database.
        guard context.caller.tokenID != nil else { throw Refusal.unauthorized() }
        let (id, missing) = try context.jobsetID()
        guard let build = try await store.build(of: id) else { throw context.caller.notFound(missing) }
        try context.caller.require(ability, group: build.group, project: build.project, or: missing)
        return (id, build)
    }
}

extension APIOperation {
    fileprivate static let changeJobset = APIOperation(
        id: "changeJobset",
        summary: "Change the limits and the priority of a running jobset; `null` removes a limit",
        body: ["application/json": schema("ChangeRequest")],
        answers: [
            "200": json("The jobset, and whether the change has canceled its remaining jobs", schema("Changed"))
        ],
        refusals: [403, 409]
    )

    fileprivate static let sealJobset = APIOperation(
        id: "sealJobset",
        summary: "Seal a jobset: declare that no more jobs will be added",
        body: ["application/json": schema("Nothing")],
        answers: ["200": json("The jobset is sealed", schema("Sealing"))],
        refusals: [403, 409]
    )

    fileprivate static let cancelJobset = APIOperation(
        id: "cancelJobset",
        summary: "Cancel a jobset, or individual jobs of it",
        body: ["application/json": schema("CancelRequest")],
        answers: ["202": json("The cancellation has started", schema("Cancellation"))],
        refusals: [403, 409]
    )

    fileprivate static let retryJobset = APIOperation(
        id: "retryJobset",
        summary: "Re-run jobs of a finished jobset",
        body: ["application/json": schema("RetryRequest")],
        answers: ["202": json("A new generation has started", schema("Retrial"))],
        refusals: [403, 409, 410]
    )
}
