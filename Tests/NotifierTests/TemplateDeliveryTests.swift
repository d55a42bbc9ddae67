// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@testable import Notifier

/// Each built-in template, delivered to a receiver that checks what its product's documentation demands.
@Suite("Templates, delivered", .timeLimit(.minutes(10)))
struct TemplateDeliveryTests {
    /// Delivers the end of a jobset of hostile words; `judge` says what is wrong with the callback, or nothing.
    private func deliver(
        _ template: String,
        parameters: [String: String]? = nil,
        outcome: JobOutcome = .incomplete,
        judge: @escaping @Sendable (ReceivedCallback) -> String?
    ) async throws {
        try await TestFleet.with(["retry_schedule_seconds": "[]"]) { fleet in
            try await CallbackReceiver.with { callback, _ in
                judge(callback).map { .status(422, body: $0) } ?? .status(201)
            } _: { receiver in
                try await fleet.withNotifiers {
                    var callback = CallbackRequest(url: receiver.url, headers: ["Authorization": "Bearer t"])
                    callback.template = template
                    callback.parameters = parameters
                    let id = try await fleet.finishJobset(
                        callback: callback,
                        outcome: outcome,
                        jobs: 3,
                        reason: "\"}, <!here> &variables[X]=1 \\"
                    )
                    try await eventually("it is over") { try await fleet.isOver(id) }
                    let delivery = try #require(try await fleet.callback(of: id))
                    let said = try await fleet.store.tries(of: delivery.id)?.first?.response
                    #expect(delivery.state == "delivered", "\(said ?? delivery.lastError ?? "")")
                    #expect(receiver.received.first?.headers["webhook-signature"]?.hasPrefix("v1,") == true)
                    #expect(receiver.received.first?.headers["authorization"] == "Bearer t")
                }
            }
        }
    }

    private static func object(_ callback: ReceivedCallback) -> [String: Any]? {
        guard callback.method == "POST", callback.headers["content-type"] == "application/json" else { return nil }
        return try? JSONSerialization.jsonObject(with: Data(callback.body)) as? [String: Any]
    }

    @Test("GitLab: a form with token, ref and variables, and nothing else")
    func gitlab() async throws {
        try await deliver("gitlab-pipeline", parameters: ["token": "glptt-a&b", "ref": "main"]) { callback in
            guard callback.method == "POST",
                callback.headers["content-type"] == "application/x-www-form-urlencoded"
            else { return "no form" }
            var fields: [String: String] = [:]
            for pair in String(decoding: callback.body, as: UTF8.self).split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                    $0.replacing("+", with: " ").removingPercentEncoding ?? ""
                }
                fields[parts[0]] = parts.last
            }
            guard fields["token"] == "glptt-a&b", fields["ref"] == "main" else { return "404 Not Found" }
            let others = fields.keys.filter { $0 != "token" && $0 != "ref" }
            guard others.allSatisfy({ $0.wholeMatch(of: /variables\[[A-Za-z_][A-Za-z0-9_]*\]/) != nil }) else {
                return "\(others)"
            }
            guard fields["variables[MUSTER_VERDICT]"] == "incomplete", fields["variables[MUSTER_JOBS]"] == "3",
                fields["variables[MUSTER_BUILD]"] == "/group/project/v1"
            else { return "\(fields)" }
            return nil
        }
    }

    @Test("GitHub repository_dispatch: an event_type of at most 100 characters, a client_payload of at most 10 members")
    func githubDispatch() async throws {
        try await deliver("github-dispatch") { callback in
            guard let object = Self.object(callback), Set(object.keys) == ["event_type", "client_payload"],
                let type = object["event_type"] as? String, (1...100).contains(type.count),
                let payload = object["client_payload"] as? [String: Any], payload.count <= 10
            else { return "Invalid request." }
            return type == "muster.finished" && payload["verdict"] as? String == "incomplete"
                && payload["jobs"] as? Int == 3 ? nil : "\(object)"
        }
    }

    @Test(
        "GitHub status: one of its four states, a description of at most 140 characters",
        arguments: [(JobOutcome.complete, "success"), (.incomplete, "error"), (.canceled, "error")]
    )
    func githubStatus(_ outcome: JobOutcome, _ state: String) async throws {
        try await deliver("github-status", parameters: ["context": "lava"], outcome: outcome) { callback in
            guard let object = Self.object(callback),
                Set(object.keys).isSubset(of: ["state", "target_url", "description", "context"]),
                let said = object["state"] as? String, ["error", "failure", "pending", "success"].contains(said),
                let description = object["description"] as? String, (1...140).contains(description.count)
            else { return "Validation Failed" }
            return said == state && object["context"] as? String == "lava" ? nil : "\(object)"
        }
    }

    @Test("Jenkins: one flat object, so that each JSONPath is one name")
    func jenkins() async throws {
        try await deliver("jenkins") { callback in
            guard let object = Self.object(callback),
                object.values.allSatisfy({ $0 is String || $0 is NSNumber })
            else { return "no flat object" }
            return object["verdict"] as? String == "incomplete" && object["jobs"] as? Int == 3 ? nil : "\(object)"
        }
    }

    @Test("Slack: a text, in which nobody is called and nothing links")
    func slack() async throws {
        try await deliver("slack") { callback in
            guard let object = Self.object(callback) as? [String: String], Set(object.keys) == ["text"],
                let text = object["text"], !text.isEmpty, text.count < 40_000
            else { return "invalid_payload" }
            guard !text.contains("<"), text.contains("&lt;!here&gt;") else { return text }
            return text.hasPrefix("/group/project/v1 incomplete: 3 of 3 jobs missing\n") ? nil : text
        }
    }

    @Test("A template by hand, a payload as it is, other methods and a secret of one's own")
    func byHand() async throws {
        let secret = "whsec_" + Data("a secret of the publisher's own.".utf8).base64EncodedString()
        try await TestFleet.with(callback: ["secrets": "{ci: {secret: \(secret)}}"]) { fleet in
            try await CallbackReceiver.with { receiver in
                try await fleet.withNotifiers {
                    var hand = CallbackRequest(url: receiver.url + "/hand")
                    hand.method = .put
                    hand.body = #"{"jobs": [{{#jobs}}"{{reason}}"{{^last()}},{{/last()}}{{/jobs}}]}"#
                    hand.secret = "ci"
                    var payload = CallbackRequest(url: receiver.url + "/payload")
                    payload.payload = "a={{verdict}}"
                    payload.contentType = .form
                    var get = CallbackRequest(url: receiver.url + "/get?build=1")
                    get.method = .get
                    for callback in [hand, payload, get] {
                        let id = try await fleet.finishJobset(callback: callback, outcome: .incomplete, reason: #""\"#)
                        try await eventually("it is over") { try await fleet.isOver(id) }
                        #expect(try await fleet.callback(of: id)?.state == "delivered")
                    }
                    let received = receiver.received
                    #expect(received.map(\.method) == ["PUT", "POST", "GET"])
                    #expect(received.map(\.path) == ["/hook/hand", "/hook/payload", "/hook/get"])
                    #expect(
                        received.map { $0.headers["content-type"] } == [
                            "application/json", "application/x-www-form-urlencoded", nil,
                        ]
                    )
                    let object = try JSONSerialization.jsonObject(with: Data(received[0].body)) as? [String: [String]]
                    #expect(object == ["jobs": [#""\"#]])
                    #expect(String(decoding: received[1].body, as: UTF8.self) == "a={{verdict}}")
                    #expect(received[2].body.isEmpty)
                    for (callback, secret) in zip(received, [secret, TestFleet.secret, TestFleet.secret]) {
                        try callback.expectSigned(by: secret)
                    }
                }
            }
        }
    }

    @Test("A template that gives no JSON after all is given up with words for its author; none is sent")
    func unusable() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { receiver in
                try await fleet.withNotifiers {
                    var callback = CallbackRequest(url: receiver.url)
                    callback.body = #"{"a": {{jobset.labels.branch}}}"#
                    let id = try await fleet.finishJobset(callback: callback)
                    try await eventually("it is over") { try await fleet.isOver(id) }
                    let delivery = try #require(try await fleet.callback(of: id))
                    #expect(delivery.state == "failed" && delivery.tries == 1)
                    #expect(delivery.lastError?.contains("does not give JSON") == true)
                    #expect(receiver.received.isEmpty)
                }
            }
        }
    }

    @Test("A secret that is gone from the configuration keeps the callback back, and costs it nothing")
    func missingSecret() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { receiver in
                try await fleet.withNotifiers {
                    var callback = CallbackRequest(url: receiver.url)
                    callback.secret = "gone"
                    let id = try await fleet.finishJobset(callback: callback)
                    try await eventually("it was tried beyond the schedule") {
                        try await fleet.callback(of: id)?.tries ?? 0 > 5
                    }
                    let delivery = try #require(try await fleet.callback(of: id))
                    #expect(delivery.state == "due")
                    #expect(delivery.lastError?.contains("callback.secrets.gone") == true)
                    #expect(receiver.received.isEmpty)
                }
            }
        }
    }
}
