// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What the API takes and gives, as JSON Schema; a test holds them against what the objects become in JSON.
extension OpenAPIDocument {
    /// All of them by name.
    static let schemas: [String: JSONValue] = given.merging(ofOperators) { first, _ in first }.merging(taken) {
        first,
        _ in first
    }

    static let text: JSONValue = ["type": "string"]
    static let integer: JSONValue = ["type": "integer"]
    static let truth: JSONValue = ["type": "boolean"]
    static let time: JSONValue = ["type": "string", "format": "date-time"]

    static func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> JSONValue
    where Word.RawValue == String {
        ["type": "string", "enum": .list(Word.allCases.map { .text($0.rawValue) })]
    }

    private static func reference(_ name: String) -> JSONValue { APIOperation.schema(name) }
    static func list(_ name: String) -> JSONValue { ["type": "array", "items": APIOperation.schema(name)] }
    static func map(_ value: JSONValue) -> JSONValue { ["type": "object", "additionalProperties": value] }

    static func object(_ required: [String: JSONValue], optional: [String: JSONValue] = [:]) -> JSONValue {
        [
            "type": "object", "required": .list(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    /// What the API gives.
    private static let given: [String: JSONValue] = [
        "Jobset": object(
            [
                "id": text,
                "build": text,
                "state": word(JobsetState.self),
                "generation": integer,
                "total": integer,
                "pending": integer,
                "waiting": integer,
                "in_lab": integer,
                "outcomes": map(integer),
                "tests": reference("TestCounts"),
                "labels": map(text),
                "retries": integer,
                "priority": integer,
                "is_sealed": truth,
                "failures": integer,
                "created_at": time,
            ],
            optional: [
                "verdict": word(Verdict.self),
                "callback_url": text,
                "baseline": text,
                "sealed_reason": text,
                "declared_total": integer,
                "max_failures": text,
                "deadline": time,
                "deadline_passed_at": time,
                "canceled_at": time,
                "canceled_reason": text,
                "finished_at": time,
                "has_canceled_rest": [
                    "type": "boolean",
                    "description": "In the answer to a change: whether it has canceled what was left of the jobset",
                ],
            ]
        ),
        "Job": object(
            [
                "id": integer,
                "position": integer,
                "environment": text,
                "backend": text,
                "state": word(JobState.self),
                "tests": reference("TestCounts"),
                "attempts": integer,
                "lab_jobs": list("LabJob"),
                "created_at": time,
            ],
            optional: [
                "outcome": word(JobOutcome.self),
                "reason": text,
                "attempt_history": list("Attempt"),
                "cancel_requested_at": time,
                "finished_at": time,
            ]
        ),
        "Attempt": object(
            [
                "number": integer,
                "state": text,
                "tries": integer,
                "created_at": time,
                "lab_jobs": list("LabJob"),
            ],
            optional: [
                "outcome": word(JobOutcome.self),
                "reason": text,
                "last_error": text,
                "submitted_at": time,
                "ended_at": time,
                "surplus_lab_jobs": list("SurplusLabJob"),
            ]
        ),
        "SurplusLabJob": object(
            [
                "number": integer,
                "canceling": truth,
                "found_at": time,
            ],
            optional: [
                "sub_id": text,
                "url": text,
                "health": text,
                "ended_at": time,
            ]
        ),
        "LabJob": object(
            [
                "number": integer
            ],
            optional: [
                "sub_id": text,
                "role": text,
                "url": text,
                "lab_state": text,
                "health": text,
                "device": text,
                "submit_time": time,
                "start_time": time,
                "end_time": time,
                "error_type": text,
                "error_message": text,
                "results_left_out": integer,
            ]
        ),
        "Result": object(
            [
                "position": integer,
                "environment": text,
                "backend": text,
                "lab_job": integer,
                "suite": text,
                "suite_number": integer,
                "name": text,
                "status": word(ResultStatus.self),
            ],
            optional: [
                "job_outcome": word(JobOutcome.self),
                "role": text,
                "measurement": text,
                "units": text,
                "start_log_line": integer,
                "url": text,
            ]
        ),
        "Delivery": object(
            [
                "id": text,
                "event": text,
                "kind": text,
                "receiver": text,
                "state": text,
                "tries": integer,
            ],
            optional: [
                "due_at": time,
                "last_status": integer,
                "last_error": text,
                "receiver_failing_since": time,
            ]
        ),
        "Try": object(
            ["number": integer, "started_at": time, "milliseconds": integer],
            optional: ["status": integer, "error": text, "response": text]
        ),
        "Redelivered": object(["id": text]),
        "Received": object(["id": text]),
        "Accepted": object(
            [
                "id": text,
                "total": integer,
            ],
            optional: ["is_queued": truth]
        ),
        "DocumentRules": object(
            ["limits": ["type": "object"], "backends": ["type": "array", "items": text]]
        ),
        "Added": object(
            [
                "id": text,
                "added": integer,
                "in_before": integer,
                "total": integer,
                "is_sealed": truth,
            ],
            optional: [
                "declared_total": integer,
                "is_queued": truth,
            ]
        ),
        "Sealing": object(
            [
                "id": text,
                "total": integer,
                "was_sealed": truth,
                "is_finished": truth,
            ]
        ),
        "Cancellation": object(
            [
                "id": text,
                "ended_now": integer,
                "in_lab": integer,
                "in_doubt": integer,
                "is_finished": truth,
            ]
        ),
        "Receipt": object(["jobset": text, "position": integer, "attempt": integer, "is_repeat": truth]),
        "Retrial": object(
            [
                "id": text,
                "generation": integer,
                "jobs": integer,
            ]
        ),
        "TestCounts": object(["pass": integer, "fail": integer, "skip": integer, "unknown": integer]),
        // Its other members depend on its type.
        "Problem": [
            "type": "object", "required": ["type", "title", "status", "detail", "errors"],
            "properties": [
                "type": text, "title": text, "status": integer, "detail": text, "errors": list("Fault"),
            ],
        ],
        "Fault": object(["pointer": text, "reason": text], optional: ["value": text]),
    ]

    /// What the API takes.
    private static let taken: [String: JSONValue] = [
        // The document itself is described in words: ingest is the judge of it, and says all that is wrong with it.
        "JobsetDocument": [
            "type": "object", "required": ["build"],
            "properties": [
                "build": ["type": "string", "description": "/group/project/version"],
                "callback_url": ["type": "string", "format": "uri"],
                "jobs": ["type": "array", "items": reference("JobEntry")],
                "labels": map(text), "retries": integer, "open": truth, "total": integer, "priority": integer,
            ],
        ],
        "JobEntry": [
            "type": "object", "required": ["environment", "backend"],
            "properties": [
                "environment": text, "backend": text, "definition": text,
                "lab_job": [
                    "type": ["string", "integer"],
                    "description": "In place of definition: a job that the lab has already; it takes the ability watch",
                ],
            ],
        ],
        "Addition": [
            "type": "object",
            "properties": [
                "jobs": ["type": "array", "items": reference("JobEntry")], "seal": truth, "total": integer,
            ],
        ],
        "Nothing": ["type": "object", "additionalProperties": false],
        "CancelRequest": object(
            [:],
            optional: ["reason": ["type": "string", "maxLength": 1_000], "jobs": positions]
        ),
        "ChangeRequest": object(
            [:],
            optional: [
                "max_failures": ["type": ["integer", "string", "null"], "minimum": 0, "pattern": "^[0-9]{1,7}%?$"],
                "priority": ["type": "integer", "minimum": 0, "maximum": 100],
                "timeout": ["type": ["integer", "null"], "minimum": 1, "maximum": 31_536_000],
            ]
        ),
        "Result": object(
            ["outcome": ["type": "string", "enum": ["complete", "incomplete", "canceled"]]],
            optional: [
                "reason": ["type": "string", "maxLength": 10_000], "url": ["type": "string", "format": "uri"],
                "infrastructure": truth,
                "attempt": ["type": "integer", "minimum": 1, "maximum": 2_147_483_647],
                "tests": list("ReportedTest"), "junit": text, "ktap": text,
            ]
        ),
        "ReportedTest": object(
            [
                "name": ["type": "string", "minLength": 1, "maxLength": 1_000],
                "result": ["type": "string", "enum": ["pass", "fail", "skip", "unknown"]],
            ],
            optional: [
                "suite": ["type": "string", "minLength": 1, "maxLength": 1_000],
                "measurement": ["type": ["number", "string"]], "units": ["type": "string", "maxLength": 100],
            ]
        ),
        "RetryRequest": object(
            [:],
            optional: ["select": ["type": "string", "enum": ["failed", "all"]], "jobs": positions]
        ),
    ]

    private static let positions: JSONValue = [
        "type": "array", "minItems": 1,
        "items": ["type": "integer", "minimum": 0, "maximum": 2_147_483_647],
    ]
}
