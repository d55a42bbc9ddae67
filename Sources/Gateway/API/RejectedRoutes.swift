// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

/// The documents that were refused, and what was kept of them. They may be anybody's: operators see them.
struct RejectedRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("rejected", .listRejected, use: list)
        api.get("rejected/{number}", .getRejected, use: document)
        api.get("rejected/{number}/body", .getRejectedBody, use: body)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        var query = QueryReader(request)
        let limit = query.limit(default: 20, most: 1_000)
        let before = query.cursor(parts: 1) { Int($0[0]) }
        try query.finish()
        let found = try await gateway.store.rejectedDocuments(limit: limit + 1, before: before)
        return try await Page(found, limit: limit) {
            Cursor("\($0.id)")
        } item: {
            $0
        }
        .response(for: request, in: context)
    }

    private func document(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let number = try number(context)
        guard let document = try await gateway.store.rejectedDocument(id: number) else {
            throw FleetRefusal.noSuchDocument(number: number)
        }
        return try .entity(document, for: request)
    }

    private func body(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let number = try number(context)
        guard let body = try await gateway.store.rejectedBody(id: number) else {
            throw FleetRefusal.noSuchDocument(number: number)
        }
        // Whatever it is, it is not for a browser to show.
        return .entity(body, type: "application/octet-stream", for: request)
    }

    private func number(_ context: GatewayContext) throws(Refusal) -> Int {
        guard context.caller.mayOperate else { throw Refusal.operatorsOnly(context.caller) }
        guard let number = context.parameters.get("number").flatMap({ Int($0) }) else {
            throw Refusal.notFound("There is no refused document of that number.")
        }
        return number
    }
}

extension APIOperation {
    fileprivate static let listRejected = APIOperation(
        id: "listRejected",
        summary: "Refused documents, latest first",
        parameters: [limit(1_000), cursor],
        answers: page("Rejected"),
        refusals: [403]
    )

    fileprivate static let getRejected = APIOperation(
        id: "getRejected",
        summary: "A refused document with all its errors",
        answers: one("Rejected", "The document"),
        refusals: [403]
    )

    fileprivate static let getRejectedBody = APIOperation(
        id: "getRejectedBody",
        summary: "The stored part of a refused document",
        answers: [
            "200": ["description": "Its beginning", "content": ["application/octet-stream": [:]]],
            "304": notModified,
        ],
        refusals: [403]
    )
}
