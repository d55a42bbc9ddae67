// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What operators take and give, as JSON Schema.
extension OpenAPIDocument {
    static let ofOperators: [String: JSONValue] = [
        "Caller": object(
            ["version": text, "projects": ["type": "array", "items": text], "abilities": abilities],
            optional: ["name": text]
        ),
        "Backend": object(
            ["name": text, "state": text, "failures": integer, "waiting": integer, "in_lab": integer],
            optional: [
                "url": text, "reason": text, "since": time, "paused_reason": text, "paused_at": time,
                "stopped_reason": text, "stopped_at": time, "next_try_at": time, "events_since": time,
                "last_contact_at": time, "last_error": text, "last_error_at": time,
            ]
        ),
        "PauseRequest": object([:], optional: ["reason": ["type": "string", "maxLength": 500]]),
        "Rejected": object(
            [
                "id": integer, "received_at": time, "times": integer, "body_bytes": integer,
                "problem": APIOperation.schema("Problem"),
            ],
            optional: ["message_id": text]
        ),
        "DeadLetter": object(
            ["key": text, "position": integer, "reason": text, "body_bytes": integer, "excerpt": text],
            optional: ["queue": text, "type": text, "message_id": text, "since": time]
        ),
        "DeadLetterList": object(["items": list("DeadLetter"), "total": integer]),
        "DeadLetterSelection": [
            "oneOf": [
                object(["keys": ["type": "array", "minItems": 1, "uniqueItems": true, "items": key]]),
                object(["all": ["const": true]]),
            ]
        ],
        "DeadLetters": object(
            ["items": list("DeadLetter"), "left": list("DeadLetter"), "unknown": ["type": "array", "items": text]]
        ),
        "Token": object(
            [
                "id": text, "name": text, "projects": ["type": "array", "items": text], "abilities": abilities,
                "state": ["type": "string", "enum": ["good", "expired", "revoked"]], "created_at": time,
                "created_by": text,
            ],
            optional: ["expires_at": time, "revoked_at": time, "last_used_at": time, "token": text]
        ),
        "RevokedTokens": object(["revoked": ["type": "array", "minItems": 1, "items": text]]),
        "TokenRequest": object(
            [
                "name": ["type": "string", "pattern": "^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,98}[A-Za-z0-9._-])?$"],
                "projects": [
                    "type": "array", "minItems": 1, "maxItems": 100, "uniqueItems": true, "items": project,
                ],
            ],
            optional: [
                "abilities": abilities, "expires_days": ["type": "integer", "minimum": 1, "maximum": 3_650],
            ]
        ),
        "AuditedChange": object(
            ["id": integer, "at": time, "actor": text, "action": text, "detail": map(text)],
            optional: ["address": text, "group": text, "project": text, "jobset": text, "status": integer]
        ),
    ]

    private static let key: JSONValue = ["type": "string", "minLength": 1, "maxLength": 100]
    private static let project: JSONValue = [
        "type": "string", "pattern": "^(\\*|[A-Za-z0-9][A-Za-z0-9_.-]{0,50}/(\\*|[A-Za-z0-9][A-Za-z0-9_.-]{0,50}))$",
    ]
    private static let abilities: JSONValue = [
        "type": "array", "minItems": 1, "uniqueItems": true, "items": word(Ability.self),
    ]
}
