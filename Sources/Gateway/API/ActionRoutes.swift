// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird
import Logging

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
            timeout: body.seconds("timeout", 1...gateway.documentLimits.maximumTimeout)
        )
        try body.finish()
        return try await gateway.audited(
            "change",
            group: build.group,
            project: build.project,
            jobset: id,
            detail: body.described,
            context
        ) {
            let changed = try await gateway.store.changeJobset(id: id, change)
            await gateway.tell(changed.finished)
            guard let status = try await gateway.store.jobset(id: id) else { throw context.caller.notFound }
            return try .json(ChangedJobset(status, hasCanceledRest: changed.isCanceled))
        }
    }

    private func seal(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (id, build, body) = try await begin(.submit, request, context)
        try body.finish()
        return try await gateway.audited("seal", group: build.group, project: build.project, jobset: id, context) {
            let sealing = try await gateway.store.sealJobset(id: id)
            await gateway.tell(sealing.finished)
            return try .json(SealedJobset(id: id, sealing))
        }
    }

    private func cancel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var (id, build, body) = try await begin(.cancel, request, context)
        let reason = body.text("reason")
        let positions = body.positions("jobs")
        try body.finish()
        let jobs = positions.map { $0.sorted().prefix(100).map(String.init).joined(separator: ",") }
        return try await gateway.audited(
            "cancel",
            group: build.group,
            project: build.project,
            jobset: id,
            detail: ["reason": reason, "jobs": jobs],
            context
        ) {
            let cancellation = try await gateway.cancel(id, positions: positions, reason: reason, by: context.caller)
            return try .json(CanceledJobset(id: id, cancellation), status: .accepted)
        }
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
        return try await gateway.audited(
            "retry",
            group: build.group,
            project: build.project,
            jobset: id,
            detail: ["select": "\(selection)"],
            context
        ) {
            try .json(RetriedJobset(id: id, try await gateway.store.retryJobs(of: id, selection)), status: .accepted)
        }
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

    /// Cancels a jobset, or single jobs of it, and says in whose name.
    func cancel(_ id: UUID, positions: Set<Int>?, reason: String?, by caller: Caller) async throws -> Cancellation {
        // As the command does, so that the report says who.
        let signed = "\(reason ?? "") (\(caller.name))".trimmingCharacters(in: .whitespaces)
        let cancellation =
            if let positions {
                try await store.cancelJobs(of: id, positions: positions, reason: signed)
            } else {
                try await store.cancelJobset(id: id, reason: signed)
            }
        await tell(cancellation.finished)
        return cancellation
    }

    /// Wakes the notifier for jobsets that have finished. Without a broker it finds out by itself a little later.
    func tell(_ finished: [FinishedJobset]) async {
        guard !finished.isEmpty else { return }
        do {
            try await publisher.announce(finished: finished)
        } catch {
            logger.warning("an end was not announced; the notifier looks by itself", [.error: "\(error)"])
        }
    }
}

extension APIOperation {
    fileprivate static let changeJobset = APIOperation(
        id: "changeJobset",
        summary: "Change the limits and the priority of a jobset while it runs; `null` takes a limit away",
        body: ["application/json": schema("ChangeRequest")],
        answers: [
            "200": json("The jobset as it is now, and whether this has canceled the rest of it", schema("Changed"))
        ],
        refusals: [403, 409]
    )

    fileprivate static let sealJobset = APIOperation(
        id: "sealJobset",
        summary: "Add nothing more to a jobset",
        body: ["application/json": schema("Nothing")],
        answers: ["200": json("It is sealed", schema("Sealing"))],
        refusals: [403, 409]
    )

    fileprivate static let cancelJobset = APIOperation(
        id: "cancelJobset",
        summary: "Cancel a jobset, or single jobs of it",
        body: ["application/json": schema("CancelRequest")],
        answers: ["202": json("It is being canceled", schema("Cancellation"))],
        refusals: [403, 409]
    )

    fileprivate static let retryJobset = APIOperation(
        id: "retryJobset",
        summary: "Send jobs of a finished jobset out again",
        body: ["application/json": schema("RetryRequest")],
        answers: ["202": json("A new generation has begun", schema("Retrial"))],
        refusals: [403, 409]
    )
}
