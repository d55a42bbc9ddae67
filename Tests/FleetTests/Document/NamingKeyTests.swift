// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fleet

@Suite("What a document's keys name")
struct NamingKeyTests {
    /// What is in the document itself, and nobody else's.
    private static let own: Set<String> = [
        "build", "jobs", "labels", "max_failures", "open", "priority", "report", "retries", "timeout", "total", "seal",
        "callback", "callback_url", "callback_event", "callback_headers", "callback_method", "callback_payload",
        "callback_payload_is_json", "callback_record_response", "definition", "environment", "body", "content_type",
        "events", "headers", "method", "parameters", "payload", "template", "url", "junit", "mail", "empty_jobs",
        "expect",
        "name", "source", "cc", "format", "in_reply_to", "subject", "trailer", "when", "tree", "git_url", "branch",
        "commit",
        "describe", "patchset_hash", "architecture", "config", "compiler",
    ]
    /// What names something that is not in the document: who may is decided by `Permissions`, by the configuration
    /// (`backend`, `secret`), or by the door (`jobset`).
    private static let naming: Set<String> = ["baseline", "lab_job", "jobset", "backend", "secret"]

    @Test("Of each key it is known whether it can name what is somebody else's")
    func keys() {
        let all = [KnownKeys.any, .job, .callback, .report, .source].flatMap(\.supported)
        #expect(Set(all) == Self.own.union(Self.naming))
    }
}
