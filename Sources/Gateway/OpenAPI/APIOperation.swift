// SPDX-License-Identifier: Apache-2.0

import Fleet

/// One operation of the API, as the OpenAPI document describes it. It is stated beside its route.
struct APIOperation: Sendable {
    /// The method, in lower case as OpenAPI has it: the route's.
    var method = ""
    /// The address, with `{…}` for its parameters: the route's.
    var path = ""
    /// Its name among all operations.
    let id: String
    /// What it does, in a few words.
    let summary: String
    /// Parameters of the query and of the head, by name.
    var parameters: [JSONValue] = []
    /// The body's media types, each with its schema.
    var body: [String: JSONValue] = [:]
    /// Whether it needs its body.
    var isBodyRequired = false
    /// What it answers when all is well, by status.
    let answers: [String: JSONValue]
    /// With which statuses it may refuse, besides those that every operation may.
    var refusals: [Int] = []

    /// In the document.
    var object: JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .text(id), "summary": .text(summary), "responses": .object(responses),
        ]
        let all = pathParameters + parameters
        if !all.isEmpty { members["parameters"] = .list(all) }
        if !body.isEmpty {
            let content = body.mapValues { JSONValue.object(["schema": $0]) }
            members["requestBody"] = ["required": .truth(isBodyRequired), "content": .object(content)]
        }
        return .object(members)
    }

    private var responses: [String: JSONValue] {
        var responses = answers
        let usual = [400, 401, 404, 429, 503] + (body.isEmpty ? [] : [408, 413])
        for status in Set(usual + refusals) { responses["\(status)"] = Self.reference("responses", "Problem") }
        return responses
    }

    private var pathParameters: [JSONValue] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            Self.reference("parameters", String(part.dropFirst().dropLast()))
        }
    }

    /// A reference to a part of the document.
    static func reference(_ kind: String, _ name: String) -> JSONValue {
        ["$ref": .text("#/components/\(kind)/\(name)")]
    }

    /// A reference to a schema.
    static func schema(_ name: String) -> JSONValue { reference("schemas", name) }

    /// An answer of JSON, with an entity tag where it is one that a client may keep.
    static func json(_ description: String, _ schema: JSONValue) -> JSONValue {
        ["description": .text(description), "content": ["application/json": ["schema": schema]]]
    }

    /// A parameter of the query.
    static func query(
        _ name: String,
        _ description: String,
        _ schema: JSONValue,
        isRequired: Bool = false
    ) -> JSONValue {
        let parameter: [String: JSONValue] = [
            "name": .text(name), "in": "query", "description": .text(description), "schema": schema,
        ]
        return .object(isRequired ? parameter.merging(["required": true]) { $1 } : parameter)
    }
}

/// What several operations have.
extension APIOperation {
    static let text: JSONValue = ["type": "string", "maxLength": 300]
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let notModified: JSONValue = ["description": "The client's version is current: `If-None-Match`"]
    static let conflict = [409]

    static func words(_ words: [String]) -> JSONValue {
        ["type": "string", "enum": .list(words.map { .text($0) })]
    }

    static func limit(_ most: Int) -> JSONValue {
        query(
            "limit",
            "Maximum number of items per page",
            ["type": "integer", "minimum": 1, "maximum": .number(most)]
        )
    }

    static let cursor = query("cursor", "Start of the page: `next_cursor` of the previous page", text)
    static let wait = query(
        "wait",
        "Seconds to wait for the end of the jobset; limited by the configuration",
        ["type": "integer", "minimum": 0, "maximum": 3_600]
    )
    static let key = reference("parameters", "IdempotencyKey")

    static func page(_ item: String) -> [String: JSONValue] {
        ["200": json("One page of the list", list(item)), "304": notModified]
    }

    static func list(_ item: String) -> JSONValue {
        [
            "type": "object", "required": ["items"],
            "properties": ["items": ["type": "array", "items": schema(item)], "next_cursor": ["type": "string"]],
        ]
    }

    static func one(_ name: String, _ description: String) -> [String: JSONValue] {
        ["200": json(description, schema(name)), "304": notModified]
    }
}
