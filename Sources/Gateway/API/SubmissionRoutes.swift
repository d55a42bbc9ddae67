// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetObjects
import FleetQueues
import FleetRuntime
import Foundation
import HTTPTypes
import Hummingbird

/// Taking in documents.
struct SubmissionRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.post("jobsets", use: submit)
    }

    private func submit(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let body = try await request.bytes(
            atMost: gateway.documentLimits.maximumDocumentBytes,
            within: gateway.limits.bodyTimeout
        )
        let document = try JobsetDocument.read(
            body,
            limits: gateway.documentLimits,
            knownBackends: gateway.knownBackends
        )
        try context.caller.require(.submit, group: document.build.group, project: document.build.project)
        let id = UUID(digest: document.digest)
        switch try await gateway.desk.post(jobset: body, id: id) {
        case .refused(let problem): throw problem
        case .accepted(let id, let total): return try Self.accepted(id, total: total)
        case nil: return try Self.accepted(id, total: document.jobs.count)
        }
    }

    private static func accepted(_ id: UUID, total: Int) throws -> Response {
        try .json(
            AcceptedObject(id: id, total: total),
            status: .accepted,
            headers: [.location: "/api/v1/jobsets/\(id.text)"]
        )
    }
}
