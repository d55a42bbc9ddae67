// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetObjects
import FleetStore
import Foundation
import Hummingbird

/// What there is to read of one jobset.
struct JobsetRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("jobsets/{jobset}", use: jobset)
    }

    private func jobset(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try .json(JobsetObject(try await gateway.readableJobset(context)))
    }
}

extension GatewayParts {
    /// The jobset that the path names, if the caller may see it.
    ///
    /// - Throws: ``Refusal``.
    func readableJobset(_ context: GatewayContext) async throws -> JobsetStatus {
        guard let id = context.parameters.get("jobset").flatMap(UUID.init(uuidString:)),
            let status = try await store.jobset(id: id), let build = Build(status.build)
        else { throw context.caller.notFound }
        try context.caller.requireRead(group: build.group, project: build.project)
        return status
    }
}
