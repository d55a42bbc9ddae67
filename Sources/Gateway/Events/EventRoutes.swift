// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import HTTPTypes
import Hummingbird

/// What happens to a jobset, as server-sent events: `job` when one has ended, `jobset` when anything about the jobset
/// has changed. The stream ends with the jobset. That of a project tells of all its jobsets, and ends after some time.
struct EventRoutes: Sendable {
    let gateway: GatewayParts

    private static let lastEventID = HTTPField.Name("Last-Event-ID")

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}/events", .streamEvents, use: events)
        api.get("projects/{group}/{project}/events", .streamProjectEvents, use: projectEvents)
    }

    /// How long a project's stream lasts at most, in seconds.
    fileprivate static let longestSeconds = 3_600

    private func projectEvents(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let named = query.text("last_event_id")
        let seconds = query.integer("seconds", 0...Self.longestSeconds) ?? Self.longestSeconds
        try query.finish()
        let (group, project) = try context.project()
        try context.caller.requireRead(group: group, project: project)
        let last = Self.lastEventID.flatMap { request.headers[$0] } ?? named
        let stream = ProjectEventStream(
            store: gateway.store,
            group: group,
            project: project,
            token: context.caller.tokenID,
            end: .now + .seconds(seconds)
        )
        return try answer(context) { writer in
            try await stream.write(from: last.flatMap(ProjectEventStream.place), to: &writer)
        }
    }

    /// A stream, if there is room for one more.
    private func answer(
        _ context: GatewayContext,
        _ write: @escaping @Sendable @concurrent (inout any ResponseBodyWriter) async throws -> Void
    ) throws(Refusal) -> Response {
        let holder = context.caller.tokenID?.text ?? Allowances.key(of: context.address)
        guard let slot = gateway.streams.take(for: holder) else { throw Refusal.busy() }
        let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                try await write(&writer)
                try await writer.finish(nil)
                withExtendedLifetime(slot) {}
            }
        )
    }

    private func events(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let named = query.text("last_event_id")
        try query.finish()
        let status = try await gateway.readableJobset(context)
        let last = Self.lastEventID.flatMap { request.headers[$0] } ?? named
        // A place of another stream, or none: from the beginning.
        let place = last.flatMap { EventPlace($0) } ?? EventPlace()
        let stream = JobsetEventStream(
            store: gateway.store,
            labs: gateway.labs,
            jobset: status.id,
            token: context.caller.tokenID
        )
        if status.state == .finished, try place.stateDigest == EventPlace.digest(of: status) {
            // To a browser this says that it need not ask again.
            return Response(status: .noContent)
        }
        return try answer(context) { writer in try await stream.write(from: place, to: &writer) }
    }
}

extension APIOperation {
    fileprivate static let streamEvents = APIOperation(
        id: "streamEvents",
        summary: "The events of the jobset as server-sent events, until it has ended",
        parameters: [
            query("last_event_id", "Continue after this event", text),
            [
                "name": "Last-Event-ID", "in": "header", "description": "Continue after this event",
                "schema": ["type": "string"],
            ],
        ],
        answers: [
            "200": [
                "description": "Events `job` and `jobset`",
                "content": ["text/event-stream": ["schema": ["type": "string"]]],
            ],
            "204": ["description": "The jobset has ended, and every event has been sent"],
        ]
    )

    fileprivate static let streamProjectEvents = APIOperation(
        id: "streamProjectEvents",
        summary: "What happens to the jobsets of a project, as server-sent events",
        parameters: [
            query("last_event_id", "Continue after this event", text),
            query(
                "seconds",
                "How long the stream lasts",
                ["type": "integer", "minimum": 0, "maximum": .number(EventRoutes.longestSeconds)]
            ),
            [
                "name": "Last-Event-ID", "in": "header", "description": "Continue after this event",
                "schema": ["type": "string"],
            ],
        ],
        answers: [
            "200": [
                "description": "Events `jobset`, each with how far a jobset is",
                "content": ["text/event-stream": ["schema": ["type": "string"]]],
            ]
        ]
    )
}
