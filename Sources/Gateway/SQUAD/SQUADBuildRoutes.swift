// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// A build: what is in it, how it stands, its seal and its cancellation.
struct SQUADBuildRoutes: Sendable {
    let gateway: GatewayParts

    private var store: FleetStore { gateway.store }

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("builds", use: list)
        group.get("builds/{build}", use: build)
        group.get("builds/{build}/status", use: status)
        group.get("builds/{build}/testjobs_summary", use: summary)
        group.post("builds/{build}/cancel", use: cancel)
        group.post("builds/{build}/seal", use: seal)
        group.post("sealbuild/{group}/{project}/{version}", use: sealNamed)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let paging = SQUADPaging(&query)
        var filter = gateway.squadFilter(context, paging)
        filter.slug = query.text("version")
        filter.id = query.integer("id", 1...Int.max)
        filter.projectID = query.integer("project", 1...Int.max)
        filter.before = query.integer("id__lt", 1...Int.max)
        filter.after = query.integer("id__gt", 0...Int.max)
        // SQUAD's client asks for those that have finished by a name that SQUAD does not know.
        filter.isFinished = (query.text("status_finished") ?? query.text("status__finished")) == "True"
        // They come latest first in any case, but for those behind one; -1 is what SQUAD's client means by latest first.
        let orders = filter.after == nil ? ["-id", "-datetime", "-created_at", "-1"] : ["id"]
        if let order = query.text("ordering"), !orders.contains(order) {
            query.add("ordering", order, "must be one of \(orders.joined(separator: ", "))")
        }
        try query.finish()
        let links = SQUADLinks(request, gateway)
        let page = try await store.squadBuilds(filter)
        // Whoever asks for one build asks for its tests next, and takes the environments and suites as known by then.
        if page.count == 1, filter.slug != nil || filter.id != nil, let build = page.items.first {
            try await gateway.numberSQUADNames(of: build)
        }
        return paging.response(page, for: request, links) {
            .object(SQUADBuildObject.members(of: $0, isFinished: $0.standing == .finished, links))
        }
    }

    private func build(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.visibleSQUADBuild(context)
        let totals = try await store.squadTotals(of: build)
        try await gateway.numberSQUADNames(of: build)
        return .squadJSON(
            SQUADBuildObject.members(of: build, isFinished: totals.isFinished, SQUADLinks(request, gateway))
        )
    }

    private func status(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.visibleSQUADBuild(context)
        let totals = try await store.squadTotals(of: build)
        let jobset = try await store.jobset(id: build.jobset)
        let baseline = try await store.squadBaseline(of: build.jobset)
        let links = SQUADLinks(request, gateway)
        return .squadJSON(SQUADStatusObject.members(of: build, totals, jobset, baseline: baseline, links))
    }

    private func summary(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let isByEnvironment = request.uri.queryParameters["per_environment"] != nil
        let build = try await gateway.visibleSQUADBuild(context)
        let totals = try await store.squadTotals(of: build)
        let parts = totals.environments.map { ($0.name, SQUADStatusObject.summary(of: [$0])) }
        let results: JSONValue =
            isByEnvironment
            ? .object(Dictionary(parts) { first, _ in first }) : SQUADStatusObject.summary(of: totals.environments)
        return .squadJSON(["results": results])
    }

    private func cancel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.visibleSQUADBuild(context)
        try context.caller.require(.cancel, group: build.build.group, project: build.build.project)
        let actor = context.actor(["build": "\(build.build)", "by": "squad"])
        var count = 0
        for jobset in try await store.jobsets(ofSQUADBuild: build.id) {
            do {
                let canceled = try await gateway.operations.cancel(jobset, in: build.build, reason: nil, by: actor)
                count += canceled.endedNow + canceled.inLab + canceled.inDoubt
            } catch FleetRefusal.alreadyFinished {
                continue
            }
        }
        return .squadJSON(["status": .text("canceling \(count) jobs"), "count": .number(count)])
    }

    private func seal(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await seal(try await gateway.visibleSQUADBuild(context), context)
    }

    private func sealNamed(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let name = try context.squadBuild(for: "submit test jobs")
        guard let build = try await store.squadBuilds(SQUADFilter(name)).items.first else {
            throw SQUADRefusal.notFound("Build")
        }
        return try await seal(build, context)
    }

    /// What is sealed already, or has finished, stays so.
    private func seal(_ build: SQUADBuild, _ context: GatewayContext) async throws -> Response {
        guard context.caller.may(.submit, group: build.build.group, project: build.build.project) else {
            throw SQUADRefusal.needsPermission(to: "submit test jobs")
        }
        // A job that comes at this moment has the build go on with a jobset that is not there yet: its seal is another.
        let present = build.standing == .missing ? build.previousJobset : build.jobset
        guard let jobset = present else { throw SQUADRefusal.notFound("Build") }
        do {
            let actor = context.actor(["build": "\(build.build)", "by": "squad"])
            _ = try await gateway.operations.seal(jobset, in: build.build, by: actor)
        } catch FleetRefusal.alreadyFinished {}
        let status = try await store.jobset(id: jobset)
        return .squadJSON([
            "message": "OK", "jobset": .text(jobset.text), "jobs": .number(status?.total ?? 0),
            "finished": .truth(status?.state == .finished),
        ])
    }
}

extension GatewayParts {
    /// The build that the path names, if the caller may see how it stands.
    ///
    /// - Throws: ``SQUADRefusal``; ``Refusal`` without a token.
    func visibleSQUADBuild(_ context: GatewayContext) async throws -> SQUADBuild {
        try await squadBuild(try context.squadNumber("build", of: "Build"), context, if: context.caller.maySee)
    }

    /// The build that the path names, if the caller may also read what its jobs brought.
    func readableSQUADBuild(_ context: GatewayContext) async throws -> SQUADBuild {
        try await readableSQUADBuild(nil, context)
    }

    /// The build of this number, or that the path names, if the caller may also read what its jobs brought: whoever may
    /// only submit may not.
    ///
    /// - Throws: ``SQUADRefusal``; ``Refusal`` without a token.
    func readableSQUADBuild(_ named: Int?, _ context: GatewayContext) async throws -> SQUADBuild {
        try await squadBuild(try named ?? context.squadNumber("build", of: "Build"), context) { build in
            context.caller.may(.read, group: build.group, project: build.project)
        }
    }

    private func squadBuild(
        _ number: Int,
        _ context: GatewayContext,
        if isAllowed: (Build) -> Bool
    ) async throws -> SQUADBuild {
        guard let build = try await store.squadBuild(id: number), isAllowed(build.build) else {
            throw context.caller.isAnonymous ? context.caller.notFound : SQUADRefusal.notFound("Build")
        }
        return build
    }

    /// A test job, its build, and its job once it is there, if the caller may read what it brought.
    ///
    /// - Throws: ``SQUADRefusal``; ``Refusal`` without a token.
    func readableSQUADTestJob(
        _ number: Int,
        of what: String,
        _ context: GatewayContext
    ) async throws -> (SQUADJob, SQUADBuild, Job?) {
        let found = try await visibleSQUADTestJob(number, of: what, context)
        let build = found.1.build
        guard context.caller.may(.read, group: build.group, project: build.project) else {
            throw SQUADRefusal.notFound(what)
        }
        return found
    }
}
