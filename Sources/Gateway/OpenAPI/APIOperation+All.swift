// SPDX-License-Identifier: Apache-2.0

import Fleet

extension APIOperation {
    /// Every operation; a test compares them with the routes.
    static let all: [APIOperation] = reading + changing + operating

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
    private static let wait = query(
        "wait",
        "How many seconds to wait for the end of the jobset; the configuration limits it",
        ["type": "integer", "minimum": 0, "maximum": 3_600]
    )
    private static let key = reference("parameters", "IdempotencyKey")

    static func page(_ item: String) -> [String: JSONValue] {
        ["200": json("A page of the list", list(item)), "304": notModified]
    }

    private static func list(_ item: String) -> JSONValue {
        [
            "type": "object", "required": ["items"],
            "properties": ["items": ["type": "array", "items": schema(item)], "next_cursor": ["type": "string"]],
        ]
    }

    static func one(_ name: String, _ description: String) -> [String: JSONValue] {
        ["200": json(description, schema(name)), "304": notModified]
    }

    private static let reading: [APIOperation] = [
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets",
            id: "listJobsets",
            summary: "Jobsets, latest first",
            parameters: [
                query("group", "Of this group", text), query("project", "Of this project", text),
                query("build", "Of this version", text),
                query("state", "In this state", words(JobsetState.allCases.map(\.rawValue))),
                query("verdict", "That ended so", words(Verdict.allCases.map(\.rawValue))),
                query("backend", "With a job for this lab", text),
                query("environment", "With a job of this environment", text),
                query("label", "With this label, as name=value; may be repeated", ["type": "array", "items": text]),
                query("created_after", "Accepted then or later", time),
                query("created_before", "Accepted before then", time), limit(100), cursor,
            ],
            answers: page("Jobset")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}",
            id: "getJobset",
            summary: "A jobset as it stands",
            parameters: [wait],
            answers: one("Jobset", "The jobset")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/jobs",
            id: "listJobs",
            summary: "The jobs of a jobset, by their places in the document",
            parameters: [
                query("state", "In this state", words(JobState.allCases.map(\.rawValue))),
                query("outcome", "That ended so", words(JobOutcome.allCases.map(\.rawValue))),
                query("environment", "Of this environment", text), query("backend", "For this lab", text),
                query(
                    "from",
                    "From this place in the document on",
                    ["type": "integer", "minimum": 0, "maximum": 2_147_483_647]
                ),
                limit(1_000), cursor,
            ],
            answers: page("Job")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/jobs/{position}",
            id: "getJob",
            summary: "A job with all its attempts",
            answers: one("Job", "The job")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/jobs/{position}/attempts",
            id: "listAttempts",
            summary: "A job's attempts, first to last",
            answers: page("Attempt")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/jobs/{position}/definition",
            id: "getDefinition",
            summary: "A job's definition; its secrets are masked",
            answers: [
                "200": [
                    "description": "The definition",
                    "content": ["application/yaml": ["schema": [:]]],
                ],
                "304": notModified,
            ],
            refusals: conflict
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/results",
            id: "listResults",
            summary: "What the test cases said, by job and by the lab's order",
            parameters: [
                query(
                    "job",
                    "Of the job at this place",
                    ["type": "integer", "minimum": 0, "maximum": 2_147_483_647]
                ),
                query("status", "That said so", words(ResultStatus.allCases.map(\.rawValue))),
                query("suite", "Of this suite", text),
                query("lava", "With LAVA's own suite `lava`", ["type": "boolean"]), limit(10_000), cursor,
            ],
            answers: page("Result")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/report",
            id: "getReport",
            summary: "The report of a finished jobset, in the format that `Accept` asks for",
            parameters: [
                query("format", "In this format, whatever `Accept` says", words(ReportFormat.allCases.map(\.rawValue))),
                query(
                    "generation",
                    "Of this generation; otherwise of the latest that has finished",
                    ["type": "integer", "minimum": 1, "maximum": 2_147_483_647]
                ),
            ],
            answers: [
                "200": [
                    "description": "The report",
                    "content": .object(
                        Dictionary(
                            uniqueKeysWithValues: ReportFormat.allCases.map { format in
                                let type = String(format.mediaType.prefix { $0 != ";" })
                                return (type, ["schema": format == .json ? ["type": "object"] : ["type": "string"]])
                            }
                        )
                    ),
                ],
                "304": notModified,
            ],
            refusals: [406]
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/deliveries",
            id: "listDeliveries",
            summary: "Who is told of the jobset, and how that goes",
            answers: page("Delivery")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/deliveries/{delivery}/tries",
            id: "listTries",
            summary: "The latest tries of a delivery",
            answers: page("Try")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/additions",
            id: "listAdditions",
            summary: "The messages by which jobs were added, by their keys",
            parameters: [limit(10_000), cursor],
            answers: page("Received")
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/jobsets/{jobset}/events",
            id: "streamEvents",
            summary: "What happens to the jobset, as server-sent events, until it has ended",
            parameters: [
                query("last_event_id", "Go on behind this event", text),
                [
                    "name": "Last-Event-ID", "in": "header", "description": "Go on behind this event",
                    "schema": ["type": "string"],
                ],
            ],
            answers: [
                "200": [
                    "description": "Events `job` and `jobset`",
                    "content": ["text/event-stream": ["schema": ["type": "string"]]],
                ],
                "204": ["description": "The jobset has ended, and all of it has been told"],
            ]
        ),
        APIOperation(
            method: "get",
            path: "/api/v1/openapi.json",
            id: "getDescription",
            summary: "This document",
            answers: ["200": json("The document", ["type": "object"]), "304": notModified]
        ),
    ]

    private static let changing: [APIOperation] = [
        APIOperation(
            method: "post",
            path: "/api/v1/jobsets",
            id: "submitJobset",
            summary: "Submit a jobset",
            parameters: [wait, key],
            body: [
                "application/json": schema("JobsetDocument"), "application/yaml": schema("JobsetDocument"),
                "application/jsonl": ["type": "string"],
            ],
            isBodyRequired: true,
            answers: [
                "200": json("It has ended while the client waited", schema("Jobset")),
                "202": [
                    "description": "It is taken in",
                    "headers": ["Location": ["schema": ["type": "string"], "description": "Where the jobset is"]],
                    "content": ["application/json": ["schema": schema("Accepted")]],
                ],
            ],
            refusals: [403, 409, 415]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/jobsets/{jobset}/jobs",
            id: "addJobs",
            summary: "Add jobs to an open jobset, and perhaps seal it",
            parameters: [key],
            body: ["application/json": schema("Addition"), "application/yaml": schema("Addition")],
            isBodyRequired: true,
            answers: ["202": json("They are taken in", schema("Added"))],
            refusals: [403, 409, 415]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/jobsets/{jobset}/seal",
            id: "sealJobset",
            summary: "Add nothing more to a jobset",
            body: ["application/json": schema("Nothing")],
            answers: ["200": json("It is sealed", schema("Sealing"))],
            refusals: [403, 409]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/jobsets/{jobset}/cancel",
            id: "cancelJobset",
            summary: "Cancel a jobset, or single jobs of it",
            body: ["application/json": schema("CancelRequest")],
            answers: ["202": json("It is being canceled", schema("Cancellation"))],
            refusals: [403, 409]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/jobs/{job}/result",
            id: "reportResult",
            summary: "Report the result of a job that somebody else has run",
            body: ["application/json": schema("ReportedResult")],
            isBodyRequired: true,
            answers: ["202": json("It is stored, and counted within moments", schema("Receipt"))],
            refusals: [403, 409]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/jobsets/{jobset}/retry",
            id: "retryJobset",
            summary: "Send jobs of a finished jobset out again",
            body: ["application/json": schema("RetryRequest")],
            answers: ["202": json("A new generation has begun", schema("Retrial"))],
            refusals: [403, 409]
        ),
        APIOperation(
            method: "patch",
            path: "/api/v1/jobsets/{jobset}",
            id: "changeJobset",
            summary: "Change the limits and the priority of a jobset while it runs; `null` takes a limit away",
            body: ["application/json": schema("ChangeRequest")],
            answers: ["200": json("The jobset as it is now, and whether this has canceled the rest of it", schema("Changed"))],
            refusals: [403, 409]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/jobsets/{jobset}/redeliver",
            id: "redeliverJobset",
            summary: "Have all deliveries of a jobset made again that were given up",
            body: ["application/json": schema("Nothing")],
            answers: ["202": json("Those that are made again", list("Redelivered"))],
            refusals: [403]
        ),
        APIOperation(
            method: "post",
            path: "/api/v1/deliveries/{delivery}/redeliver",
            id: "redeliver",
            summary: "Have a delivery made again, by the whole schedule",
            body: ["application/json": schema("Nothing")],
            answers: ["202": json("It is made again", schema("Redelivered"))],
            refusals: [403]
        ),
    ]
}
