// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird

/// The failures that projects know of.
struct KnownIssueRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("projects/{group}/{project}/known-issues", .listKnownIssues, use: list)
        api.post("projects/{group}/{project}/known-issues", .addKnownIssue, use: add)
        api.delete("projects/{group}/{project}/known-issues/{issue}", .removeKnownIssue, use: remove)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let (group, project) = try context.project()
        try context.caller.requireRead(group: group, project: project)
        return try await Page(whole: gateway.knownIssues(of: group, project)).response(for: request, in: context)
    }

    private func add(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        var body = try ActionBody(try await gateway.actionBytes(request, context))
        let wish = KnownIssueWish { body.text($0, maximumLength: KnownIssueWish.maximumURL) }
        for fault in wish.faults { body.fault(String(fault.pointer.dropFirst()), fault.reason) }
        try body.finish()
        let issue = try await gateway.operations.addKnownIssue(wish, to: group, project, by: context.actor())
        return try .json(issue, status: .created)
    }

    private func remove(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireNamed(.submit, group: group, project: project)
        try ActionBody(try await gateway.actionBytes(request, context)).finish()
        guard let id = context.parameters.get("issue").flatMap({ Int($0) }) else { throw context.caller.notFound }
        let issue = try await gateway.operations.removeKnownIssue(id, of: group, project, by: context.actor())
        return try .json(issue)
    }
}

extension GatewayContext {
    /// The project that a path names.
    ///
    /// - Throws: ``Refusal`` where it names none.
    func project() throws(Refusal) -> (group: String, project: String) {
        guard let group = parameters.get("group")?.removingPercentEncoding,
            let project = parameters.get("project")?.removingPercentEncoding,
            case .project(let group, let project) = ProjectScope("\(group)/\(project)")
        else { throw caller.notFound }
        return (group, project)
    }
}

extension GatewayParts {
    /// The known issues of a project: those of the configuration first.
    func knownIssues(of group: String, _ project: String) async throws -> [KnownIssue] {
        configuration.knownIssues.issues(of: "\(group)/\(project)", includingExpired: true)
            + (try await store.knownIssues(of: group, project))
    }
}

extension APIOperation {
    fileprivate static let listKnownIssues = APIOperation(
        id: "listKnownIssues",
        summary: "The known issues of a project",
        answers: page("KnownIssue"),
        refusals: [403]
    )

    fileprivate static let addKnownIssue = APIOperation(
        id: "addKnownIssue",
        summary: "Add a known issue; failures that it matches do not fail a build. Of the same tests there is one",
        body: ["application/json": schema("KnownIssueRequest")],
        isBodyRequired: true,
        answers: ["201": json("The known issue", schema("KnownIssue"))],
        refusals: [403, 409]
    )

    fileprivate static let removeKnownIssue = APIOperation(
        id: "removeKnownIssue",
        summary: "Remove a known issue; past builds keep what they were told",
        answers: ["200": json("The known issue is removed", schema("KnownIssue"))],
        refusals: [403]
    )
}
