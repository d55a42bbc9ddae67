// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fleet

@Suite("The body of a callback in a document")
struct CallbackBodyTests {
    private static var limits: DocumentLimits {
        var limits = DocumentLimits()
        limits.callbackSecrets = ["ci"]
        return limits
    }

    private func read(_ callback: String) throws -> CallbackRequest {
        try #require(
            try Documents.read(Documents.with(rest: #", "callback": {"url": "http://a", \#(callback)}"#), Self.limits)
                .callback
        )
    }

    @Test("Method, template, parameters and secret")
    func template() throws {
        let callback = try read(
            #""method": "PUT", "template": "gitlab-pipeline", "parameters": {"token": "t", "ref": "main"}, "secret": "ci""#
        )
        #expect(callback.method == .put)
        #expect(callback.template == "gitlab-pipeline")
        #expect(callback.parameters == ["token": "t", "ref": "main"])
        #expect(callback.secret == "ci")
        #expect(callback.bodyContentType == .form)
        #expect(try callback.bodyMaker() != nil)
        #expect(!callback.description.contains("main"))
    }

    @Test("A parameter for which a label can stand is asked for when there is neither")
    func label() throws {
        let callback = #", "callback": {"url": "http://a", "template": "github-check""#
        let labels = #", "labels": {"commit": "0a"}"#
        for rest in [
            callback + "}" + labels, labels + callback + "}", callback + #", "parameters": {"commit": "0a"}}"#,
        ] {
            let read = try #require(try Documents.read(Documents.with(rest: rest)).callback)
            #expect(try read.allParameters(labels: ["commit": "0a"], delivery: "d")["commit"] == "0a")
        }
        let faults = try #require(throws: DocumentFaults.self) {
            _ = try Documents.read(Documents.with(rest: callback + "}"))
        }
        #expect(faults.faults.map(\.pointer) == ["/callback/parameters/commit"])
        #expect("\(faults)".contains("or the label commit"))
    }

    @Test("A template by hand, and a body that is sent as it is")
    func body() throws {
        let callback = try read(##""body": "a={{jobset.id}}", "content_type": "application/x-www-form-urlencoded""##)
        #expect(callback.bodyContentType == .form)
        let payload = try read(#""payload": "{\"a\": \"{{b}}\"}""#)
        #expect(payload.payload == #"{"a": "{{b}}"}"#)
        #expect(try payload.bodyMaker() == nil)
        #expect(payload.bodyContentType == .json)
        #expect(try read(#""method": "GET""#).bodyContentType == nil)
    }

    @Test("What is said by saying nothing is the same document")
    func digest() throws {
        let plain = try Documents.read(Documents.with(rest: #", "callback": {"url": "http://a"}"#))
        let post = try Documents.read(Documents.with(rest: #", "callback": {"url": "http://a", "method": "POST"}"#))
        let put = try Documents.read(Documents.with(rest: #", "callback": {"url": "http://a", "method": "PUT"}"#))
        let slack = try Documents.read(Documents.with(rest: #", "callback": {"url": "http://a", "template": "slack"}"#))
        let squad = try Documents.read(
            Documents.with(rest: #", "callback_url": "http://a", "callback_method": "post""#)
        )
        #expect(plain.digest == post.digest)
        #expect(plain.digest == squad.digest)
        #expect(Set([plain, put, slack].map(\.digest)).count == 3)
    }

    @Test(
        "Each fault names its place and quotes nothing that may be a token",
        arguments: [
            (#""method": "DELETE""#, "/callback/method", "one of POST, PUT, PATCH, GET"),
            (#""template": "teams""#, "/callback/template", "one of forgejo-status, gerrit-review"),
            (
                #""template": "gitlab-pipeline", "parameters": {"ref": "hunter2"}"#, "/callback/parameters/token",
                "is missing"
            ),
            (#""template": "slack", "body": "{}""#, "/callback/template", "together with \"body\""),
            (#""template": "slack", "method": "GET""#, "/callback/template", "a GET has no body"),
            (#""content_type": "text/plain""#, "/callback/content_type", "only for"),
            (#""parameters": {"a": "hunter2"}"#, "/callback/parameters", "only for"),
            (#""parameters": {"a.b": "hunter2"}"#, "/callback/parameters/a.b", "must be named"),
            (#""parameters": {"a": 1}"#, "/callback/parameters/a", "must be a string"),
            (#""payload": "{hunter2""#, "/callback/payload", "is not JSON at line 1, column 2"),
            (#""body": "{{#a}}hunter2""#, "/callback/body", "a section has no end"),
            (#""body": "{\"a\": {{jobset.id}}}""#, "/callback/body", "does not give JSON"),
            (#""secret": "hunter2""#, "/callback/secret", "known: ci"),
            (#""content_type": "text/html", "body": "x""#, "/callback/content_type", "one of application/json"),
        ]
    )
    func faults(_ callback: String, _ pointer: String, _ reason: String) {
        let faults = Documents.faults(
            Documents.with(rest: #", "callback": {"url": "http://a", \#(callback)}"#),
            Self.limits
        )
        #expect(faults.map(\.pointer) == [pointer])
        #expect(faults.first?.reason.contains(reason) == true, "\(faults)")
        #expect(!"\(faults)".contains("hunter2"))
    }

    @Test("A secret that nobody configured is refused")
    func noSecrets() {
        let text = Documents.with(rest: #", "callback": {"url": "http://a", "secret": "ci"}"#)
        #expect(Documents.faults(text).first?.reason.contains("no secret is configured") == true)
    }
}

@Suite("The callback as SQUAD's users have it")
struct SQUADCallbackTests {
    private func read(_ rest: String) throws -> CallbackRequest {
        try #require(try Documents.read(Documents.with(rest: #", "callback_url": "http://a", \#(rest)"#)).callback)
    }

    @Test("A JSON payload is sent as it is, not encoded twice")
    func json() throws {
        let callback = try read(
            #"""
            "callback_method": "post", "callback_headers": "{\"Authorization\": \"Bearer x\"}",
            "callback_payload": "{\"data\": \"{{x}}\"}", "callback_payload_is_json": "true",
            "callback_event": "on_build_finished", "callback_record_response": "yes"
            """#
        )
        #expect(callback.payload == #"{"data": "{{x}}"}"#)
        #expect(callback.headers == ["Authorization": "Bearer x"])
        #expect(callback.method == nil)
        #expect(callback.bodyContentType == .json)
    }

    @Test("Any other payload is a form of its members", arguments: ["\"no\"", "\"false\"", "\"False\"", "false"])
    func form(_ word: String) throws {
        let callback = try read(
            #""callback_payload": "{\"a b\": \"1&2\", \"c\": [3, true], \"d\": null}", "callback_payload_is_json": \#(word)"#
        )
        #expect(callback.payload == "a+b=1%262&c=3&c=True")
        #expect(callback.bodyContentType == .form)
    }

    @Test("A GET has no body, whatever payload there is; headers may be an object")
    func get() throws {
        let callback = try read(#""callback_method": "get", "callback_payload": "{}", "callback_headers": {"X": "y"}"#)
        #expect(callback.method == .get)
        #expect(callback.payload == nil)
        #expect(callback.headers == ["X": "y"])
    }

    @Test(
        "Faults",
        arguments: [
            (#", "callback_url": "http://a", "callback_method": "put""#, "/callback_method"),
            (#", "callback_url": "http://a", "callback_headers": "hunter2""#, "/callback_headers"),
            (
                #", "callback_url": "http://a", "callback_headers": "{\"A\": \"a\\r\\nB: hunter2\"}""#,
                "/callback_headers/A"
            ),
            (#", "callback_url": "http://a", "callback_payload": "hunter2""#, "/callback_payload"),
            (
                #", "callback_url": "http://a", "callback_payload": "[]", "callback_payload_is_json": false"#,
                "/callback_payload"
            ),
            (#", "callback_url": "http://a", "callback_event": "on_build_started""#, "/callback_event"),
            (#", "callback_payload": "{}""#, "/callback_payload"),
            (#", "callback": {"url": "http://a"}, "callback_method": "get""#, "/callback_method"),
        ]
    )
    func faults(_ rest: String, _ pointer: String) {
        let faults = Documents.faults(Documents.with(rest: rest))
        #expect(faults.map(\.pointer) == [pointer])
        #expect(!"\(faults)".contains("hunter2"))
    }
}
