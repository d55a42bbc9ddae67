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
            Self.cursor(JobsetPlace($0))
        } item: {
            $0
        }
        .response(for: request, in: context)
    }

    /// The filter in a query.
    static func filter(_ query: inout QueryReader) -> JobsetFilter {
        // Many jobs are counted for each.
        var filter = JobsetFilter(limit: query.limit(default: 50, most: 100))
        filter.group = query.text("group")
        filter.project = query.text("project")
        filter.version = query.text("build")
        filter.state = query.word("state", JobsetState.self)
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
        filter.after = query.cursor(parts: 2) { parts in
            guard let microseconds = Int(parts[0]), let id = UUID(uuidString: parts[1]) else { return nil }
            return JobsetPlace(createdMicroseconds: microseconds, id: id)
        }
        return filter
    }

    private static func cursor(_ place: JobsetPlace) -> Cursor {
        Cursor("\(place.createdMicroseconds)", place.id.text)
    }
}

extension APIOperation {
    fileprivate static let listJobsets = APIOperation(
        id: "listJobsets",
        summary: "Jobsets, latest first",
        parameters: [
            query("group", "Only of this group", text), query("project", "Only of this project", text),
            query("build", "Only of this version", text),
            query("state", "Only in this state", words(JobsetState.allCases.map(\.rawValue))),
            query("verdict", "Only with this outcome", words(Verdict.allCases.map(\.rawValue))),
            query("backend", "Only with a job for this lab", text),
            query("environment", "Only with a job of this environment", text),
            query("label", "Only with this label, as name=value; repeatable", ["type": "array", "items": text]),
            query("created_after", "Accepted at or after this time", time),
            query("created_before", "Accepted before this time", time), limit(100), cursor,
        ],
        answers: page("Jobset")
    )
}
