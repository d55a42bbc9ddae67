// SPDX-License-Identifier: Apache-2.0

import Fleet

extension APIOperation {
    /// What the people do who run the fleet.
    static let operating: [APIOperation] = backends + rejected + deadLetters + tokens + [audit, caller, rules]

    private static let caller = APIOperation(
        method: "get",
        path: "/api/v1/caller",
        id: "getCaller",
        summary: "Who you are to the gateway, and what you may do",
        answers: one("Caller", "What the token is for")
    )

    private static let rules = APIOperation(
        method: "get",
        path: "/api/v1/document-rules",
        id: "getDocumentRules",
        summary: "What jobset documents are held to: how large they may be, and which labs they may name",
        answers: one("DocumentRules", "The rules"),
        refusals: [403]
    )

    private static let audit = APIOperation(
        method: "get",
        path: "/api/v1/audit",
        id: "listAudit",
        summary: "Who asked for which change, latest first",
        parameters: [
            query("actor", "With the token of this name", text), query("action", "Of this kind", text),
            query("jobset", "Of this jobset", ["type": "string", "format": "uuid"]), limit(1_000), cursor,
        ],
        answers: page("AuditedChange"),
        refusals: [403]
    )

    private static let backends: [APIOperation] = [
        APIOperation(
            method: "get",
            path: "/api/v1/backends",
            id: "listBackends",
            summary: "The labs, by name",
            answers: page("Backend"),
            refusals: [403]
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/backends/{backend}",
            id: "getBackend",
            summary: "A lab: whether jobs go there, and why not",
            answers: one("Backend", "The lab"),
            refusals: [403]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/backends/{backend}/pause",
            id: "pauseBackend",
            summary: "Submit nothing more to a lab",
            body: ["application/json": schema("PauseRequest")],
            answers: ["200": json("The lab as it is now", schema("Backend"))],
            refusals: [403]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/backends/{backend}/resume",
            id: "resumeBackend",
            summary: "Submit to a lab again",
            body: ["application/json": schema("Nothing")],
            answers: ["200": json("The lab as it is now", schema("Backend"))],
            refusals: [403]
        ),
    ]

    private static let rejected: [APIOperation] = [
        APIOperation(
            method: "get",
            path: "/api/v1/rejected",
            id: "listRejected",
            summary: "The documents that were refused, latest first",
            parameters: [limit(1_000), cursor],
            answers: page("Rejected"),
            refusals: [403]
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/rejected/{number}",
            id: "getRejected",
            summary: "A refused document, and all that is wrong with it",
            answers: one("Rejected", "The document"),
            refusals: [403]
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/rejected/{number}/body",
            id: "getRejectedBody",
            summary: "What was kept of a refused document itself",
            answers: [
                "200": ["description": "Its beginning", "content": ["application/octet-stream": [:]]],
                "304": notModified,
            ],
            refusals: [403]
        ),
    ]

    private static let deadLetters: [APIOperation] = [
        APIOperation(
            method: "get",
            path: "/api/v1/dead-letters",
            id: "listDeadLetters",
            summary: "The messages that no worker could handle, oldest first",
            parameters: [limit(1_000)],
            answers: one("DeadLetterList", "The oldest, and how many there are"),
            refusals: [403]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/dead-letters/requeue",
            id: "requeueDeadLetters",
            summary: "Have messages handled again",
            body: ["application/json": schema("DeadLetterSelection")],
            isBodyRequired: true,
            answers: ["200": json("What became of them", schema("DeadLetters"))],
            refusals: [403]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/dead-letters/drop",
            id: "dropDeadLetters",
            summary: "Remove messages for good",
            body: ["application/json": schema("DeadLetterSelection")],
            isBodyRequired: true,
            answers: ["200": json("Those that are gone", schema("DeadLetters"))],
            refusals: [403]
        ),
    ]

    private static let tokens: [APIOperation] = [
        APIOperation(
            method: "get",
            path: "/api/v1/tokens",
            id: "listTokens",
            summary: "The tokens, without their texts",
            answers: page("Token"),
            refusals: [403]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/tokens",
            id: "createToken",
            summary: "Make a token that can do no more than yours; its text is in this answer alone",
            body: ["application/json": schema("TokenRequest")],
            isBodyRequired: true,
            answers: ["201": json("The token", schema("Token"))],
            refusals: [403, 409]
        ),
        APIOperation(
            method: "delete",
            path: "/api/v1/tokens/{name}",
            id: "revokeToken",
            summary: "Revoke the good token of this name or id, and all that it made",
            answers: ["200": json("They are good for nothing from now on", schema("RevokedTokens"))],
            refusals: [403]
        ),
    ]
}
