// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Hummingbird

/// The API's own description.
struct DescriptionRoutes: Sendable {
    let gateway: GatewayParts
    let operations: APIOperations

    func add(to api: APIGroup) {
        api.get("openapi.json", .getDescription, use: description)
    }

    private func description(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        return .entity(
            try GatewayJSON.encodeAsIs(try OpenAPIDocument.make(operations.all, server: gateway.limits.publicURL)),
            type: "application/json",
            for: request
        )
    }
}

extension APIOperation {
    fileprivate static let getDescription = APIOperation(
        id: "getDescription",
        summary: "This document",
        answers: ["200": json("The document", ["type": "object"]), "304": notModified]
    )
}
