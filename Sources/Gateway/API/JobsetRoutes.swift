// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird

/// One jobset, and its end for whoever waits.
struct JobsetRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}", .getJobset, use: jobset)
    }

    private func jobset(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let wait = query.wait(gateway.limits)
        try query.finish()
        var status = try await gateway.readableJobset(context)
        if let wait, status.state != .finished {
            _ = try await gateway.waitForEnd(of: status.id, within: wait, context)
            status = try await gateway.store.jobset(id: status.id) ?? status
        }
        return try .entity(status, for: request)
    }
}

extension QueryReader {
    /// How long a request waits for the end of a jobset, at most as long as the configuration has it; nil when it does
    /// not.
    mutating func wait(_ limits: FleetConfiguration.Gateway) -> Duration? {
        integer("wait", 0...3_600).flatMap { $0 == 0 ? nil : min(.seconds($0), limits.waitMaximum) }
    }
}

extension GatewayContext {
    /// The jobset that the path names, and what is to be said when there is none.
    ///
    /// - Throws: ``Refusal`` for what is no id.
    func jobsetID() throws(Refusal) -> (UUID, missing: FleetRefusal) {
        guard let id = parameters.get("jobset").flatMap(UUID.init(uuidString:)) else { throw caller.notFound }
        return (id, .noSuchJobset(id: id.text))
    }
}

extension GatewayParts {
    /// The shortest and the longest pause between looks at a jobset that somebody waits for.
    private static let pauses = (shortest: Duration.milliseconds(250), longest: Duration.seconds(2))

    /// The jobset that the path names, if the caller may see it.
    ///
    /// - Throws: ``Refusal``.
    func readableJobset(_ context: GatewayContext) async throws -> Jobset {
        let (id, missing) = try context.jobsetID()
        guard let status = try await store.jobset(id: id), let build = Build(status.build) else {
            throw context.caller.notFound(missing)
        }
        try context.caller.requireRead(group: build.group, project: build.project, or: missing)
        return status
    }

    /// Looks at a jobset until it has ended, or until the time is over; no longer than the client is there and its token
    /// is good.
    ///
    /// - Returns: whether it has ended.
    /// - Throws: ``Refusal`` 401 when the token is good no more.
    func waitForEnd(of id: UUID, within limit: Duration, _ context: GatewayContext) async throws -> Bool {
        let token = context.caller.tokenID
        return try await context.whileClientStays { [store] in
            let deadline = ContinuousClock.now + limit
            var pause = Self.pauses.shortest
            while true {
                let isOver = try await store.summary(of: id)?.state == .finished
                // What has waited is asked again who it is, before it is told anything.
                if let token, try await !store.isGood(token: token) { throw Refusal.unauthorized(isTokenBad: true) }
                if isOver { return true }
                let left = deadline - .now
                guard left > .zero else { return false }
                try await Task.sleep(for: min(pause, left))
                pause = min(pause * 1.5, Self.pauses.longest)
            }
        }
    }
}

extension APIOperation {
    fileprivate static let getJobset = APIOperation(
        id: "getJobset",
        summary: "The current state of a jobset",
        parameters: [wait],
        answers: one("Jobset", "The jobset")
    )
}

/// The list of jobsets.
struct JobsetListRoute: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("jobsets", .listJobsets, use: list)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        var filter = Self.filter(&query)
        try query.finish()
        filter.scopes = context.caller.readable
        let limit = filter.limit
        filter.limit += 1
        let found = try await gateway.store.jobsets(filter)
        return try await Page(found, limit: limit) {
            JobsetPlace($0).cursor
        } item: {
            $0
        }
        .response(for: request, in: context)
    }

    /// The filter in a query.
    static func filter(_ query: inout QueryReader) -> JobsetFilter {
        // Many jobs are counted for each.
        var filter = conditions(&query, limit: query.limit(default: 50, most: 100))
        filter.state = query.word("state", JobsetState.self)
        return filter
    }

    /// The filter in a query as far as it is the same wherever jobsets are chosen, and the place where it goes on.
    static func conditions(_ query: inout QueryReader, limit: Int) -> JobsetFilter {
        var filter = JobsetFilter(limit: limit)
        if let text = query.text("id") {
            filter.idPrefix = IDPrefix(text)
            if filter.idPrefix == nil { query.add("id", text, "must be \(IDPrefix.form)") }
        }
        filter.group = query.text("group")
        filter.project = query.text("project")
        filter.version = query.text("build")
        filter.verdict = query.word("verdict", Verdict.self)
        filter.backend = query.text("backend")
        filter.environment = query.text("environment")
        filter.createdAfter = query.time("created_after")
        filter.createdBefore = query.time("created_before")
        for label in query.texts("label") {
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2, !parts[0].isEmpty {
                filter.labels[parts[0]] = parts[1]
            } else {
                query.add("label", label, "must be name=value")
            }
        }
        filter.after = query.cursor(parts: 2) { JobsetPlace(Cursor($0[0], $0[1])) }
        return filter
    }

    /// The parameters of ``conditions(_:limit:)``.
    static let parameters = [
        APIOperation.query(
            "id",
            "Only jobsets whose id begins with this, at least 4 hexadecimal digits",
            APIOperation.text
        ),
        APIOperation.query("group", "Only of this group", APIOperation.text),
        APIOperation.query("project", "Only of this project", APIOperation.text),
        APIOperation.query("build", "Only of this version", APIOperation.text),
        APIOperation.query(
            "verdict",
            "Only with this outcome",
            APIOperation.words(Verdict.allCases.map(\.rawValue))
        ),
        APIOperation.query("backend", "Only with a job for this lab", APIOperation.text),
        APIOperation.query("environment", "Only with a job of this environment", APIOperation.text),
        APIOperation.query(
            "label",
            "Only with this label, as name=value; repeatable",
            ["type": "array", "items": APIOperation.text]
        ),
        APIOperation.query("created_after", "Accepted at or after this time", APIOperation.time),
        APIOperation.query("created_before", "Accepted before this time", APIOperation.time),
    ]
}

extension APIOperation {
    fileprivate static let listJobsets = APIOperation(
        id: "listJobsets",
        summary: "Jobsets, latest first",
        parameters: JobsetListRoute.parameters + [
            query("state", "Only in this state", words(JobsetState.allCases.map(\.rawValue))), limit(100), cursor,
        ],
        answers: page("Jobset")
    )
}
