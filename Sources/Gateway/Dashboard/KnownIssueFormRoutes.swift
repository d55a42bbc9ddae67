// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import Hummingbird

/// What people say of a project's failures on its page.
struct KnownIssueFormRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.post("projects/{group}/{project}/known-issues", use: add)
        group.post("projects/{group}/{project}/known-issues/{issue}/remove", use: remove)
    }

    private func add(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (form, context) = try await gateway.signedForm(request, context)
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        let wish = KnownIssueWish { form.text($0) }
        let faults = wish.faults
        guard faults.isEmpty else { throw Refusal.badRequest(faults) }
        _ = try await gateway.operations.addKnownIssue(wish, to: group, project, by: context.actor(Self.remarks))
        return .seeOther("/projects/\(group)/\(project)?done=\(PageDeed.knownIssueAdded.rawValue)#known-issues")
    }

    private func remove(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, context) = try await gateway.signedForm(request, context)
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        guard let id = context.parameters.get("issue").flatMap({ Int($0) }) else { throw context.caller.notFound }
        _ = try await gateway.operations.removeKnownIssue(id, of: group, project, by: context.actor(Self.remarks))
        return .seeOther("/projects/\(group)/\(project)?done=\(PageDeed.knownIssueRemoved.rawValue)#known-issues")
    }

    private static let remarks = ["by": "dashboard"]
}
