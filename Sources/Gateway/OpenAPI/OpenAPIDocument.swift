// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Hummingbird

/// The OpenAPI 3.1 description of the API.
enum OpenAPIDocument {
    /// The document of these operations; `server` is where clients find the gateway, if that is known.
    ///
    /// - Throws: `DecodingError` for a record that has no schema.
    static func make(_ operations: [APIOperation], server: String?) throws -> JSONValue {
        var paths: [String: JSONValue] = [:]
        for (path, operations) in Dictionary(grouping: operations, by: \.path) {
            paths[path] = .object(
                Dictionary(operations.map { ($0.method, $0.object) }) { first, _ in first }
            )
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Muster", "version": .text(MusterVersion.current),
                "description":
                    "Run the test jobs of a build in LAVA labs, and get one notification when the last one has finished.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .text(server ?? "/")]],
            "security": [["bearer": []], ["authToken": []], [:]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer"],
                    "authToken": ["type": "apiKey", "in": "header", "name": "Auth-Token"],
                ],
                "parameters": parameters,
                "responses": [
                    "Problem": [
                        "description": "The reason for the refusal",
                        "content": ["application/problem+json": ["schema": APIOperation.schema("Problem")]],
                    ]
                ],
                "schemas": .object(try schemas()),
            ],
        ]
    }

    private static let parameters: JSONValue = [
        "jobset": [
            "name": "jobset", "in": "path", "required": true, "description": "The jobset's id",
            "schema": ["type": "string", "format": "uuid"],
        ],
        "position": [
            "name": "position", "in": "path", "required": true,
            "description": "The job's position in the document, from 0",
            "schema": ["type": "integer", "minimum": 0, "maximum": 2_147_483_647],
        ],
        "job": [
            "name": "job", "in": "path", "required": true, "description": "The job's number, its id in lists of jobs",
            "schema": ["type": "integer", "minimum": 1, "maximum": 9_007_199_254_740_991],
        ],
        "delivery": [
            "name": "delivery", "in": "path", "required": true,
            "description": "The delivery's id, which is its webhook-id",
            "schema": ["type": "string", "format": "uuid"],
        ],
        "backend": [
            "name": "backend", "in": "path", "required": true, "description": "The lab's name in the configuration",
            "schema": ["type": "string", "minLength": 1],
        ],
        "number": [
            "name": "number", "in": "path", "required": true, "description": "The document's number in the list",
            "schema": ["type": "integer", "minimum": 1, "maximum": .number(Int(Int32.max))],
        ],
        "name": [
            "name": "name", "in": "path", "required": true, "description": "The token's name or id",
            "schema": ["type": "string", "minLength": 1],
        ],
        "group": [
            "name": "group", "in": "path", "required": true, "description": "The project's group",
            "schema": ["type": "string", "minLength": 1],
        ],
        "project": [
            "name": "project", "in": "path", "required": true, "description": "The project's name in its group",
            "schema": ["type": "string", "minLength": 1],
        ],
        "issue": [
            "name": "issue", "in": "path", "required": true, "description": "The known issue's id in the list",
            "schema": ["type": "integer", "minimum": 1, "maximum": 9_007_199_254_740_991],
        ],
        "webhook": [
            "name": "webhook", "in": "path", "required": true, "description": "The webhook's name",
            "schema": ["type": "string", "minLength": 1],
        ],
        "IdempotencyKey": [
            "name": "Idempotency-Key", "in": "header",
            "description":
                "Requests with the same key are carried out once. The id is derived from the key and the project, or the jobset.",
            "schema": ["type": "string", "minLength": 1, "maxLength": 255],
        ],
    ]
}

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
