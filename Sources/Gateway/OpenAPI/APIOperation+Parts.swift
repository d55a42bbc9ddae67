// SPDX-License-Identifier: Apache-2.0

import Fleet

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
