// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What several operations have.
extension APIOperation {
    static let text: JSONValue = ["type": "string", "maxLength": 300]
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let notModified: JSONValue = ["description": "The client has it already: `If-None-Match`"]
    static let conflict = [409]

    static func words(_ words: [String]) -> JSONValue {
        ["type": "string", "enum": .list(words.map { .text($0) })]
    }

    static func limit(_ most: Int) -> JSONValue {
        query(
            "limit",
            "How many items a page has at most",
            ["type": "integer", "minimum": 1, "maximum": .number(most)]
        )
    }

    static let cursor = query("cursor", "Where the page begins: `next_cursor` of the page before", text)
    static let wait = query(
        "wait",
        "How many seconds to wait for the end of the jobset; the configuration limits it",
        ["type": "integer", "minimum": 0, "maximum": 3_600]
    )
    static let key = reference("parameters", "IdempotencyKey")

    static func page(_ item: String) -> [String: JSONValue] {
        ["200": json("A page of the list", list(item)), "304": notModified]
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
