// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@Suite("Taking in jobsets over HTTP")
struct SubmissionTests {
    @Test("A document is taken in by ingest, and its jobset is where the answer says")
    func submit() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let document = TestGateway.document(jobs: 3)
            let answer = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, document)
            #expect(answer.status == 202)
            #expect(try answer.number("total") == 3)
            let location = try #require(answer.headers.first(name: "Location"))
            let jobset = try await gateway.ask(.GET, location, token: token)
            #expect(jobset.status == 200)
            #expect(try jobset.text("build") == "/g/p/1")
            #expect(try jobset.number("total") == 3)
        }
    }

    @Test("The same document twice is one jobset, also in YAML and as JSON lines")
    func same() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let first = try await gateway.submit(TestGateway.document(jobs: 2), token: token)
            let second = try await gateway.submit(TestGateway.document(jobs: 2), token: token)
            let yaml = """
                build: /g/p/1
                jobs:
                - environment: env-0
                  backend: lab-a
                  definition: 'device_type: sim'
                - {environment: env-1, backend: lab-a, definition: "device_type: sim"}
                """
            let third = try await gateway.ask(
                .POST,
                "/api/v1/jobsets",
                token: token,
                yaml,
                type: "application/yaml; charset=utf-8"
            )
            let lines = """
                {"build": "/g/p/1"}
                {"environment": "env-0", "backend": "lab-a", "definition": "device_type: sim"}

                {"environment": "env-1", "backend": "lab-a", "definition": "device_type: sim"}
                """
            let fourth = try await gateway.ask(
                .POST,
                "/api/v1/jobsets",
                token: token,
                lines,
                type: "application/x-ndjson"
            )
            #expect(second == first)
            #expect(try third.text("id") == first)
            #expect(try fourth.text("id") == first)
        }
    }

    @Test("A key makes a request one request; another document under it is refused", arguments: [true, false])
    func key(isUUID: Bool) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let key = isUUID ? UUID().uuidString : "pipeline \"17\""
            let headers = ["idempotency-key": key]
            let first = try await gateway.submit(TestGateway.document(), token: token, headers: headers)
            let again = try await gateway.submit(TestGateway.document(), token: token, headers: headers)
            #expect(again == first)
            #expect(first == KeyedID.jobset(in: try #require(Build("/g/p/9")), key: key).text)
            // Nobody else can take it: in another project the same key stands for another jobset.
            let stranger = try await gateway.token(["a/x"])
            let theirs = TestGateway.document("/a/x/1")
            let squatted = try await gateway.submit(theirs, token: stranger, headers: ["idempotency-key": first])
            #expect(squatted != first)
            #expect(try await gateway.submit(theirs, token: stranger, headers: headers) != first)
            let other = TestGateway.document(jobs: 2)
            let refused = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, other, headers: headers)
            #expect(refused.status == 409)
            #expect(refused.headers.first(name: "Content-Type") == "application/problem+json")
            let plain = try await gateway.submit(TestGateway.document(), token: token)
            #expect(plain != first)
        }
    }

    @Test("All that is wrong with a document is said at once, by pointers")
    func faults() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let document =
                #"{"build": "nonsense", "jobs": [{"environment": "e", "backend": "no-lab", "definition": ""}], "colour": 1}"#
            let answer = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, document)
            #expect(answer.status == 400)
            #expect(
                Set(try answer.pointers()).isSuperset(
                    of: ["/build", "/jobs/0/backend", "/jobs/0/definition", "/colour"]
                )
            )
        }
    }

    @Test(
        "What is no document of a type that is taken is refused",
        arguments: [
            ("{", "application/json", 400), ("a: [", "application/yaml", 400),
            ("a: &x 1\nb: *x", "application/yaml", 400),
            ("--- 1\n--- 2", "application/yaml", 400), ("[]", "application/jsonl", 400), ("", "application/json", 400),
            ("build=1", "application/x-www-form-urlencoded", 415), ("{}", "text/plain", 415),
        ]
    )
    func unreadable(body: String, type: String, status: Int) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let answer = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, body, type: type)
            #expect(answer.status == status)
            #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
        }
    }

    @Test("Without an ingest the document is in the queue, and its id is known")
    func noIngest() async throws {
        try await TestGateway.with(["answer_timeout_seconds": "0.2"], hasIngest: false) { gateway in
            let token = try await gateway.token()
            let answer = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, TestGateway.document(jobs: 2))
            #expect(answer.status == 202)
            #expect(try answer.number("total") == 2)
            let id = try #require(try answer.text("id"))
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token).status == 404)
        }
    }

    @Test("Who waits gets the jobset at its end")
    func wait() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let document = TestGateway.document()
            async let waited = gateway.ask(.POST, "/api/v1/jobsets?wait=60", token: token, document)
            // The same document again, only to learn its id.
            let id = try await gateway.submit(document, token: token)
            async let seen = gateway.ask(.GET, "/api/v1/jobsets/\(id)?wait=60", token: token)
            try await gateway.end(id)
            let (first, second) = try await (waited, seen)
            #expect(first.status == 200)
            #expect(try first.text("verdict") == "passed")
            #expect(try second.text("state") == "finished")
        }
    }

    @Test("A wait ends with the token of whoever waits")
    func waitRevoked() async throws {
        try await TestGateway.with { gateway in
            let other = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document("/g/p/2"), token: other)
            let (sender, reader) = (try await gateway.token(), try await gateway.token())
            async let waited = gateway.ask(.POST, "/api/v1/jobsets?wait=60", token: sender, TestGateway.document())
            async let seen = gateway.ask(.GET, "/api/v1/jobsets/\(id)?wait=60", token: reader)
            try await eventually("both to wait") {
                let tokens = try await gateway.store.tokens()
                return try await gateway.store.jobsets(JobsetFilter()).count == 2
                    && tokens.allSatisfy { $0.lastUsedAt != nil }
            }
            for token in try await gateway.store.tokens() { _ = try await gateway.store.revokeToken(token.name) }
            let (first, second) = try await (waited, seen)
            #expect(first.status == 401)
            #expect(second.status == 401)
        }
    }

    @Test("A wait ends with its time")
    func waitOver() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let seen = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)?wait=1", token: token)
            #expect(try seen.text("state") == "running")
            let answer = try await gateway.ask(
                .POST,
                "/api/v1/jobsets?wait=1",
                token: token,
                TestGateway.document()
            )
            #expect(answer.status == 202)
        }
    }
}
