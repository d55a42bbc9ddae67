// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// What the API takes and gives, as JSON Schema.
extension OpenAPIDocument {
    /// All of them by name.
    ///
    /// - Throws: `DecodingError` for a record that has no schema.
    static func schemas() throws -> [String: JSONValue] {
        try RecordSchema(records).schemas.merging(described) { $1 }
    }

    static let text: JSONValue = ["type": "string"]
    static let integer: JSONValue = ["type": "integer"]
    static let truth: JSONValue = ["type": "boolean"]
    static func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> JSONValue
    where Word.RawValue == String {
        ["type": "string", "enum": .list(Word.allCases.map { .text($0.rawValue) })]
    }

    private static func reference(_ name: String) -> JSONValue { APIOperation.schema(name) }
    static func map(_ value: JSONValue) -> JSONValue { ["type": "object", "additionalProperties": value] }

    static func object(_ required: [String: JSONValue], optional: [String: JSONValue] = [:]) -> JSONValue {
        [
            "type": "object", "required": .list(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    /// What the API gives. Each schema follows from how the record decodes itself.
    static var records: [String: any Codable.Type] {
        [
            "Accepted": AcceptedJobset.self,
            "Added": AddedJobs.self,
            "Attempt": Attempt.self,
            "AuditedChange": AuditedChange.self,
            "Backend": Backend.self,
            "BulkItem": BulkItem.self,
            "BulkOutcome": BulkOutcome.self,
            "Caller": CallerIdentity.self,
            "Cancellation": CanceledJobset.self,
            "Changed": ChangedJobset.self,
            "DeadLetter": DeadLetter.self,
            "DeadLetterList": DeadLetterList.self,
            "DeadLetters": HandledDeadLetters.self,
            "Delivery": Delivery.self,
            "DocumentRules": DocumentRules.self,
            "Fault": Fault.self,
            "Job": Job.self,
            "JobTimeout": JobTimeout.self,
            "Jobset": Jobset.self,
            "JobsetSource": JobsetSource.self,
            "KnownIssue": KnownIssue.self,
            "LabJob": LabJob.self,
            "Problem": Problem.self,
            "Receipt": Receipt.self,
            "Received": TakenMessage.self,
            "Redelivered": RepeatedDelivery.self,
            "Rejected": RejectedDocument.self,
            "Result": TestResult.self,
            "Retrial": RetriedJobset.self,
            "RevokedTokens": RevokedTokens.self,
            "RotatedSecret": RotatedSecret.self,
            "Sealing": SealedJobset.self,
            "SurplusLabJob": SurplusLabJob.self,
            "TestCounts": TestCounts.self,
            "TestHistory": TestHistory.self,
            "Token": Token.self,
            "Try": DeliveryTry.self,
            "Webhook": Webhook.self,
        ]
    }

    /// What the API takes, and what no record describes.
    private static let described: [String: JSONValue] = [
        // Its other members depend on its type.
        "Problem": [
            "type": "object", "required": ["type", "title", "status", "detail", "errors"],
            "properties": [
                "type": text, "title": text, "status": integer, "detail": text,
                "errors": ["type": "array", "items": reference("Fault")],
            ],
        ],
        // The document itself is described in words: ingest is the judge of it, and says all that is wrong with it.
        "JobsetDocument": [
            "type": "object", "required": ["build"],
            "properties": [
                "build": ["type": "string", "description": "/group/project/version"],
                "callback_url": ["type": "string", "format": "uri"],
                "jobs": ["type": "array", "items": reference("JobEntry")],
                "labels": map(text), "retries": integer, "open": truth, "total": integer, "priority": integer,
                "empty_jobs": word(EmptyJobs.self), "report": reference("ReportRequest"),
                "source": reference("JobsetSource"),
            ],
        ],
        "ReportRequest": object(
            [:],
            optional: [
                "mail": addresses, "cc": addresses, "junit": truth, "format": word(MailFormat.self),
                "when": word(MailWhen.self),
                "subject": [
                    "type": "string", "description": "A template",
                    "maxLength": .number(MailSubject.maximumTemplateBytes),
                ],
                "in_reply_to": ["type": "string", "description": "The Message-ID of a mail"],
                "trailer": ["type": "string", "maxLength": .number(MailTrailer.maximumLength)],
            ]
        ),
        "JobEntry": [
            "type": "object", "required": ["environment", "backend"],
            "properties": [
                "environment": text, "backend": text, "definition": text, "name": text,
                "priority": range(JobsetDocument.priorities), "retries": integer, "timeout": reference("JobTimeout"),
                "expect": [
                    "type": "object", "description": "What results it must bring",
                    "properties": ["suites": ["type": "array", "items": text], "cases": integer],
                ],
                "lab_job": [
                    "type": ["string", "integer"],
                    "description": "Instead of definition: a job that the lab has already; requires the ability watch",
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
        "BulkRequest": object([:], optional: ["preview": truth]),
        "BulkCancelRequest": object(
            [:],
            optional: ["preview": truth, "reason": ["type": "string", "maxLength": 1_000]]
        ),
        "ChangeRequest": object(
            [:],
            optional: [
                "max_failures": ["type": ["integer", "string", "null"], "minimum": 0, "pattern": "^[0-9]{1,7}%?$"],
                "priority": ["type": "integer", "minimum": 0, "maximum": 100], "is_kept": truth,
                "timeout": ["type": ["integer", "null"], "minimum": 1, "maximum": 31_536_000],
            ]
        ),
        "ReportedResult": object(
            ["outcome": ["type": "string", "enum": ["complete", "incomplete", "canceled"]]],
            optional: [
                "reason": ["type": "string", "maxLength": 10_000], "url": ["type": "string", "format": "uri"],
                "infrastructure": truth,
                "attempt": ["type": "integer", "minimum": 1, "maximum": 2_147_483_647],
                "tests": ["type": "array", "items": reference("ReportedTest")], "junit": text, "ktap": text,
            ]
        ),
        "ReportedTest": object(
            [
                "name": ["type": "string", "minLength": 1, "maxLength": 1_000],
                "result": ["type": "string", "enum": .list(ResultStatus.ofLabs.map { .text($0.rawValue) })],
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
        "PauseRequest": object([:], optional: ["reason": ["type": "string", "maxLength": 500]]),
        "KnownIssueRequest": object(
            ["reason": ["type": "string", "minLength": 1, "maxLength": .number(KnownIssueWish.maximumReason)]],
            optional: [
                "environment": glob, "suite": glob, "test": glob,
                "url": ["type": "string", "format": "uri", "maxLength": .number(KnownIssueWish.maximumURL)],
                "expires": ["type": "string", "format": "date"],
            ]
        ),
        "WebhookRequest": object(
            [
                "name": ["type": "string", "minLength": 1, "maxLength": .number(WebhookWish.maximumName)],
                "url": ["type": "string", "maxLength": .number(WebhookURL.maximumBytes)],
            ],
            optional: [
                "events": [
                    "type": "array", "minItems": 1, "uniqueItems": true,
                    "items": APIOperation.words(JobsetEvent.ofWebhooks.map(\.rawValue)),
                ],
                "template": APIOperation.words(BuiltInTemplates.withoutSecrets.map(\.name)), "secret": text,
                "parameters": [
                    "type": "object", "additionalProperties": ["type": "string", "minLength": 1],
                    "maxProperties": .number(ActionBody.maximumTextMembers),
                ],
                "enabled": truth,
                "progress_interval_seconds": range(WebhookProgress.secondsRange),
                "progress_percent": range(WebhookProgress.percentRange),
            ]
        ),
        "WebhookChange": object(["enabled": truth]),
        "SecretRotation": object([:], optional: ["previous_seconds": range(WebhookSecrets.keptRange)]),
        "DeadLetterSelection": [
            "oneOf": [
                object(["keys": ["type": "array", "minItems": 1, "uniqueItems": true, "items": key]]),
                object(["all": ["const": true]]),
            ]
        ],
        "TokenExchange": object(["id_token": ["type": "string", "minLength": 1, "maxLength": 16_384]]),
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
    ]

    private static func range(_ range: ClosedRange<Int>) -> JSONValue {
        ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    }

    private static let key: JSONValue = ["type": "string", "minLength": 1, "maxLength": 100]
    private static let addresses: JSONValue = ["type": "array", "items": ["type": "string", "format": "email"]]
    private static let glob: JSONValue = [
        "type": "string", "minLength": 1, "maxLength": .number(TestPattern.maximumBytes), "default": "*",
        "description": "A glob: * matches any text, ? any character",
    ]
    private static let project: JSONValue = [
        "type": "string", "pattern": "^(\\*|[A-Za-z0-9][A-Za-z0-9_.-]{0,50}/(\\*|[A-Za-z0-9][A-Za-z0-9_.-]{0,50}))$",
    ]
    private static let abilities: JSONValue = [
        "type": "array", "minItems": 1, "uniqueItems": true, "items": word(Ability.self),
    ]

    private static let positions: JSONValue = [
        "type": "array", "minItems": 1,
        "items": ["type": "integer", "minimum": 0, "maximum": 2_147_483_647],
    ]
}
