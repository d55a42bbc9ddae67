// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

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
