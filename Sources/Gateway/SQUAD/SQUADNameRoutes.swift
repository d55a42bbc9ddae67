// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import FleetStore
import Hummingbird
import Logging
import Synchronization

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
        var filter = filter(kind, context, paging)
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
        var filter = filter(kind, context)
        filter.id = try context.squadNumber("name", of: what)
        guard let name = try await gateway.store.squadNames(kind, filter).items.first else {
            throw SQUADRefusal.notFound(what)
        }
        return .squadJSON(Self.object(kind, name, SQUADLinks(request, gateway)))
    }

    /// Suites are known from results, which whoever may only submit does not see.
    private func filter(_ kind: SQUADName.Kind, _ context: GatewayContext, _ paging: SQUADPaging? = nil) -> SQUADFilter
    {
        var filter = gateway.squadFilter(context, paging)
        if kind == .suite { filter.scopes = context.caller.readable }
        return filter
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
    /// Gives the environments and suites of a build their numbers, unless that was done a moment ago.
    func numberSQUADNames(of build: SQUADBuild) async throws {
        // What has finished since has suites that were not known before.
        try await number("build \(build.id) \(build.standing)") {
            let jobsets = try await store.jobsets(ofSQUADBuild: build.id)
            try await store.numberSQUADNames(of: jobsets, project: build.projectID)
        }
    }

    /// Gives the environments and suites of a project their numbers, if the caller may see it.
    func numberSQUADNames(ofProject id: Int, _ context: GatewayContext) async throws {
        var filter = squadFilter(context)
        filter.id = id
        guard try await !store.squadProjects(filter).items.isEmpty else { return }
        try await number("project \(id)") { try await store.numberSQUADNames(ofProject: id) }
    }

    /// Without it, a list lacks a name until a page of tests shows it: no reason to refuse the request, or to wait for others.
    private func number(_ what: String, _ body: () async throws -> Void) async throws {
        guard numbered.isDue(what), let slot = numberings.take(for: "") else { return }
        defer { withExtendedLifetime(slot) {} }
        do {
            try await body()
        } catch let error where !(error is CancellationError) {
            logger.warning("environments and suites have no numbers yet", [.error: "\(error)"])
        }
    }
}

/// What was done lately, so that it is not done again at once.
final class RecentlyNumbered: Sendable {
    private let times = Mutex<[String: ContinuousClock.Instant]>([:])

    private static let pause = Duration.seconds(30)
    private static let maximum = 10_000

    /// Whether it is to be done now.
    func isDue(_ what: String) -> Bool {
        times.withLock { times in
            let now = ContinuousClock.now
            if let last = times[what], now - last < Self.pause { return false }
            if times.count >= Self.maximum { times = [:] }
            times[what] = now
            return true
        }
    }
}
