// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetStore
import Foundation
import Hummingbird

/// What is to be seen of many jobsets: the overview, a project, what was searched for.
struct OverviewRoutes: Sendable {
    let gateway: GatewayParts

    /// How many jobsets that run the overview shows.
    private static let runningLimit = 30
    /// How many deliveries in trouble.
    private static let troubleLimit = 10

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("", use: overview)
        group.get("projects", use: projects)
        group.get("projects/{group}/{project}", use: project)
        group.get("projects/{group}/{project}/test", use: test)
        group.get("projects/{group}/{project}/metric", use: metric)
        group.get("search", use: search)
    }

    private func overview(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let scopes = try context.caller.requireSomething()
        let store = gateway.store
        var running = SummaryFilter(scopes: scopes, limit: Self.runningLimit + 1)
        running.state = .running
        var recent = SummaryFilter(scopes: scopes, limit: OverviewView.recentLimit)
        recent.order = .finished
        let (runs, ends) = (running, recent)
        async let runningJobsets = store.summaries(runs)
        async let recentJobsets = store.summaries(ends)
        // As at every door, what tells of labs is for those who have a token.
        let isKnown = context.caller.tokenID != nil
        async let backends = isKnown ? store.backendStatuses() : []
        async let deliveries = store.deliveryTroubles(scopes: scopes, limit: Self.troubleLimit)
        let reader = gateway.reader(request, context)
        let view = OverviewView(
            running: try await runningJobsets,
            recent: try await recentJobsets,
            backends: try await backends,
            configured: isKnown ? gateway.knownBackends : [],
            deliveries: try await deliveries,
            limit: Self.runningLimit,
            reader: reader,
            now: .now
        )
        return gateway.page(view, for: reader, request)
    }

    private func projects(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let scopes = try context.caller.requireSomething()
        let after = request.uri.queryParameters["after"].flatMap { ProjectScope(String($0.prefix(500))) }
        var last: (group: String, project: String)?
        if case .project(let group, let project)? = after { last = (group, project) }
        let latest = try await gateway.store.latestOfProjects(
            scopes: scopes,
            after: last,
            limit: ProjectsView.limit + 1
        )
        let view = ProjectsView(latest, isFirstPage: last == nil, now: .now)
        return gateway.page(view, for: gateway.reader(request, context), request)
    }

    private func project(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard let group = context.parameters.get("group"), let project = context.parameters.get("project"),
            let scope = ProjectScope("\(group)/\(project)"), case .project = scope
        else { throw Refusal.notFound() }
        try context.caller.requireRead(group: group, project: project)
        let before = request.uri.queryParameters["before"].flatMap { UUID(uuidString: String($0)) }
        var page = SummaryFilter(scopes: [.all], limit: ProjectView.limit + 1)
        (page.group, page.project, page.before) = (group, project, before)
        let builds = try await gateway.store.summaries(page)
        guard !builds.isEmpty || before != nil else { throw Refusal.notFound() }
        let reader = gateway.reader(request, context, group: group, project: project)
        let view = ProjectView(
            group: group,
            project: project,
            builds: builds,
            latest: before == nil ? builds : [],
            knownIssues: try await gateway.knownIssues(of: group, project),
            isFirstPage: before == nil,
            reader: reader,
            now: .now
        )
        return gateway.page(view, for: reader, request)
    }

    private func test(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireRead(group: group, project: project)
        let history = try await gateway.testHistory(of: group, project, TestHistoryWish(request))
        let view = TestHistoryView(group: group, project: project, history)
        return gateway.page(view, for: gateway.reader(request, context), request)
    }

    private func metric(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireRead(group: group, project: project)
        let wish = try TestHistoryWish(request, usualLimit: MetricHistoryView.buildLimit)
        let history = try await gateway.testHistory(of: group, project, wish)
        let view = MetricHistoryView(group: group, project: project, environment: wish.environment, history)
        return gateway.page(view, for: gateway.reader(request, context), request)
    }

    private func search(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let scopes = try context.caller.requireSomething()
        let asked = request.uri.queryParameters["q"].map { String($0.prefix(200)) } ?? ""
        let search = DashboardSearch(asked, scopes: scopes, store: gateway.store)
        let view = SearchView(
            asked: search.text,
            jobsets: try await search.jobsets(limit: SearchView.limit),
            labJobs: try await search.labJobs(limit: SearchView.limit),
            now: .now
        )
        return gateway.page(view, for: gateway.reader(request, context), request, query: search.text)
    }
}

extension Caller {
    /// The projects that it may read.
    ///
    /// - Throws: ``Refusal`` when there are none.
    func requireSomething() throws(Refusal) -> [ProjectScope] {
        let scopes = readable
        guard scopes.isEmpty else { return scopes }
        guard case .token(let token, _) = self else { throw .unauthorized() }
        throw .forbidden(.read, of: "any project", token: token.name)
    }

    /// The projects that it may read, of somebody who has a token: what a lab failed with may tell of any project's jobs.
    ///
    /// - Throws: ``Refusal`` when there are none, or there is no token.
    func requireReader() throws(Refusal) -> [ProjectScope] {
        guard tokenID != nil else { throw .unauthorized() }
        return try requireSomething()
    }
}

/// What somebody typed, and what it may mean: a build or the beginning of one, an id or its beginning, a lab's number.
struct DashboardSearch: Sendable {
    let text: String
    let scopes: [ProjectScope]
    let store: FleetStore

    init(_ asked: String, scopes: [ProjectScope], store: FleetStore) {
        text = asked.trimmingCharacters(in: .whitespacesAndNewlines).storable
        self.scopes = scopes
        self.store = store
    }

    /// Jobsets by id, by build, by project.
    func jobsets(limit: Int) async throws -> [JobsetSummary] {
        guard !text.isEmpty else { return [] }
        var found: [JobsetSummary] = []
        if let prefix = IDPrefix(text) {
            found = try await store.jobsets(idPrefix: prefix, scopes: scopes, limit: limit)
        }
        let parts = text.split(separator: "/").map(String.init)
        switch parts.count {
        case 1:
            found += try await builds(nil, nil, parts[0], limit)
            found += try await builds(nil, parts[0], nil, limit)
        case 2: found += try await builds(parts[0], parts[1], nil, limit)
        case 3: found += try await builds(parts[0], parts[1], parts[2], limit)
        default: break
        }
        var seen: Set<UUID> = []
        return Array(found.filter { seen.insert($0.id).inserted }.prefix(limit))
    }

    /// Lab jobs of a number, in whichever lab.
    func labJobs(limit: Int) async throws -> [FoundLabJob] {
        guard !text.isEmpty, text.utf8.count <= 18, let number = Int(text), number > 0 else { return [] }
        return try await store.labJobs(numbered: number, scopes: scopes, limit: limit)
    }

    private func builds(_ group: String?, _ project: String?, _ version: String?, _ limit: Int) async throws
        -> [JobsetSummary]
    {
        try await store.jobsets(group: group, project: project, versionPrefix: version, scopes: scopes, limit: limit)
    }
}
