// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

/// The addresses of SQUAD's pages of a build, which scripts, mails and wikis hold: they lead to what there is here.
struct SQUADPageRoutes: Sendable {
    let gateway: GatewayParts

    func add(to router: Router<GatewayContext>) {
        let pages = router.group()
        pages.addMiddleware { PageErrorMiddleware(gateway: gateway) }
        pages.get("{group}/{project}/build/{version}", use: page)
        pages.get("{group}/{project}/build/{version}/api", use: api)
    }

    /// To the page of the build's jobset.
    private func page(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try readableBuild(context)
        guard let jobset = try await jobset(of: build) else { throw Refusal.notFound("There is no such build.") }
        return .seeOther("/jobsets/\(jobset.text)")
    }

    /// To the build in SQUAD's JSON. SQUAD's own scripts look up a build's number here.
    private func api(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try readableBuild(context)
        guard let known = try await gateway.store.squadBuilds(SQUADFilter(build)).items.first else {
            throw Refusal.notFound("No such build was submitted through SQUAD's API.")
        }
        return .seeOther("/api/builds/\(known.id)/")
    }

    private func readableBuild(_ context: GatewayContext) throws -> Build {
        let names = ["group", "project", "version"].map { context.parameters.get($0) ?? "" }
        guard let build = Build(group: names[0], project: names[1], version: names[2]) else {
            throw Refusal.notFound("There is no such build.")
        }
        try context.caller.requireRead(group: build.group, project: build.project)
        return build
    }

    /// The jobset that takes the build's jobs, or the one before; of a build that came as a document, its latest.
    private func jobset(of build: Build) async throws -> UUID? {
        if let known = try await gateway.store.squadBuilds(SQUADFilter(build)).items.first {
            return known.standing == .missing ? known.previousJobset : known.jobset
        }
        var filter = JobsetFilter(group: build.group, project: build.project, limit: 1)
        filter.version = build.version
        return try await gateway.store.jobsets(filter).first?.id
    }
}
