// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Hummingbird

/// Environments and suites.
struct SQUADNameRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("environments") { try await list(.environment, $0, $1) }
        group.get("environments/{name}") { try await one(.environment, "Environment", $0, $1) }
        group.get("suites") { try await list(.suite, $0, $1) }
        group.get("suites/{name}") { try await one(.suite, "Suite", $0, $1) }
    }

    private func list(
        _ kind: SQUADName.Kind,
        _ request: Request,
        _ context: GatewayContext
    ) async throws -> Response {
        var query = QueryReader(request)
        let paging = SQUADPaging(&query)
        var filter = gateway.squadFilter(context, paging)
        filter.slug = query.text("slug")
        filter.id = query.integer("id", 1...Int.max)
        filter.projectID = query.integer("project", 1...Int.max)
        try query.finish()
        if let project = filter.projectID { try await gateway.numberSQUADNames(ofProject: project, context) }
        let links = SQUADLinks(request, gateway)
        return paging.response(try await gateway.store.squadNames(kind, filter), for: request, links) {
            .object(Self.object(kind, $0, links))
        }
    }

    private func one(
        _ kind: SQUADName.Kind,
        _ what: String,
        _ request: Request,
        _ context: GatewayContext
    ) async throws -> Response {
        var filter = gateway.squadFilter(context)
        filter.id = try context.squadNumber("name", of: what)
        guard let name = try await gateway.store.squadNames(kind, filter).items.first else {
            throw SQUADRefusal.notFound(what)
        }
        return .squadJSON(Self.object(kind, name, SQUADLinks(request, gateway)))
    }

    private static func object(
        _ kind: SQUADName.Kind,
        _ name: SQUADName,
        _ links: SQUADLinks
    ) -> [String: JSONValue] {
        let usual: [String: JSONValue] = [
            "url": links.name(kind, name.id), "id": .number(name.id), "slug": .text(name.slug),
            "name": .text(name.slug),
            "project": links.project(name.projectID),
        ]
        guard kind == .environment else { return usual }
        return usual.merging(["expected_test_runs": .null, "description": .null]) { $1 }
    }
}

extension GatewayParts {
    /// Gives the environments and suites of a build their numbers.
    func numberSQUADNames(of build: SQUADBuild) async throws {
        let jobsets = try await store.jobsets(ofSQUADBuild: build.id)
        try await store.numberSQUADNames(of: jobsets, project: build.projectID)
    }

    /// Gives the environments and suites of a project their numbers, if the caller may see it.
    func numberSQUADNames(ofProject id: Int, _ context: GatewayContext) async throws {
        var filter = squadFilter(context)
        filter.id = id
        guard try await !store.squadProjects(filter).items.isEmpty else { return }
        try await store.numberSQUADNames(ofProject: id)
    }
}
