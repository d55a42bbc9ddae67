// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Notifier

/// Webhooks with built-in templates, as the documentation configures them, delivered to a receiver that takes what each
/// product's description allows.
@Suite("Formats of receivers", .timeLimit(.minutes(10)))
struct ReceiverFormatTests {
    private static let commit = String(repeating: "0a", count: 20)
    private static let labels = [
        "commit": commit, "change": "kernel/common~main~I0123456789abcdef0123456789abcdef01234567", "revision": commit,
    ]
    /// What stands in the documentation for the credentials.
    private static let credentials = [
        "github-status": "Bearer g", "github-check": "Bearer g", "github-dispatch": "Bearer g",
        "gitlab-status": "Bearer g", "gerrit-review": "Basic g", "forgejo-status": "token g", "matrix": "Bearer g",
    ]

    /// The webhooks of `docs/webhooks.md`, by their names, as flow mappings that call the receiver.
    private static func webhooks(_ receiver: CallbackReceiver) throws -> [(name: String, keys: [String])] {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/webhooks.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## Formats\n").dropFirst().first)
        return try section.components(separatedBy: "```yaml\n").dropFirst().map { part in
            let lines = part.components(separatedBy: "\n```")[0].split(separator: "\n").map(String.init)
            let name = try #require(lines.first?.split(separator: ":").first.map(String.init))
            let template = try #require(lines.first { $0.contains("template: ") }?.split(separator: " ").last)
            return (
                name,
                lines.dropFirst().map { line in
                    let key = line.trimmingCharacters(in: .whitespaces)
                    if key.hasPrefix("url: ") {
                        let path = key.replacing(/url: https:\/\/[^\/]+/, with: "")
                        return "url: \"http://127.0.0.1:\(receiver.port)\(path)\""
                    }
                    if key.hasPrefix("authorization_file: ") {
                        return "authorization: \(credentials[String(template)] ?? "")"
                    }
                    return key.hasPrefix("token_file: ") ? "token: glptt-a&b" : key
                }
            )
        }
    }

    private static func settings(_ webhooks: [(name: String, keys: [String])]) -> TestFleet.Settings {
        let all = webhooks.map { "\($0.name): {\($0.keys.joined(separator: ", "))}" }.joined(separator: ", ")
        return [
            "projects": ["group/project": "{webhooks: {\(all)}}"],
            "gateway": ["public_url": "\"https://muster.example.org\""],
        ]
    }

    private static func known(_ fleet: TestFleet, _ count: Int) async throws {
        try await eventually("\(count) webhooks to be known") {
            try await fleet.store.webhooks(of: "group", "project").count == count
        }
    }

    private static func accept(_ fleet: TestFleet, labels: [String: String] = labels) async throws -> UUID {
        let id = UUID()
        let document = JobsetDocument(
            build: try #require(Build("/group/project/v1")),
            jobs: (0..<3).map { JobEntry(environment: "env-\($0)", backend: "lab-a", definition: "job_name: test") },
            labels: labels
        )
        _ = try await fleet.store.acceptJobset(id: id, document: document)
        return id
    }

    private static func finish(_ fleet: TestFleet, _ id: UUID, _ outcome: JobOutcome = .incomplete) async throws {
        let ends = try await fleet.store.jobs(of: id).map { job in
            JobEnd(
                jobID: job.id,
                outcome: outcome,
                reason: outcome == .complete ? nil : "\"}, <!here> @everyone &variables[X]=1 \\ ``` <b>"
            )
        }
        try await fleet.parts.publisher.announce(finished: try await fleet.store.finishJobs(ends))
    }

    @Test("Each example of the documentation is taken by its product, pending at first and final at the end")
    func examples() async throws {
        let facts = try ReceiverFacts.all()
        #expect(Set(facts.keys) == Set(BuiltInTemplates.all.map(\.name)))
        try await CallbackReceiver.with { call, _ in
            guard let product = facts.values.first(where: { $0.isMeant(by: call) }) else { return .status(404) }
            let complaints = product.complaints(about: call)
            return complaints.isEmpty
                ? .status(product.success) : .status(422, body: complaints.joined(separator: "; "))
        } _: { receiver in
            let webhooks = try Self.webhooks(receiver)
            let templates = webhooks.compactMap { hook in
                hook.keys.first { $0.hasPrefix("template: ") }.map { String($0.dropFirst("template: ".count)) }
            }
            #expect(Set(templates) == Set(facts.keys), "every built-in template has an example")
            try await TestFleet.with(["retry_schedule_seconds": "[]"], sections: Self.settings(webhooks)) { fleet in
                try await fleet.withNotifiers {
                    try await Self.known(fleet, webhooks.count)
                    let id = try await Self.accept(fleet)
                    try await eventually("what is accepted to be told") { try await fleet.isOver(id) }
                    try await Self.finish(fleet, id)
                    try await eventually("all deliveries to be over") {
                        let all = try await fleet.store.deliveries(of: id)
                        return all.contains { $0.event == "finished" } && all.allSatisfy { $0.state != "due" }
                    }
                    for delivery in try await fleet.store.deliveries(of: id) {
                        let said = try await fleet.store.tries(of: delivery.id)?.last?.response
                        #expect(delivery.state == "delivered", "\(delivery.webhook ?? ""): \(said ?? "")")
                    }
                    Self.expectStates(receiver.received)
                    let bodies = try await fleet.postgres.query("select coalesce(body, '') from delivery").decode(
                        String.self
                    )
                    #expect(bodies.count > webhooks.count && !bodies.contains { $0.contains("glptt") })
                }
            }
        }
    }

    private static func expectStates(_ calls: [ReceivedCallback]) {
        func told(_ path: String, _ value: (ReceivedCallback) -> String?) -> [String?] {
            calls.filter { $0.target.hasPrefix(path) }.map(value)
        }
        for path in ["/repos/OWNER/REPO/statuses/", "/api/v1/repos/OWNER/REPO/statuses/"] {
            #expect(told(path) { $0.json["state"] as? String } == ["pending", "error"])
        }
        #expect(told("/repos/OWNER/REPO/check-runs") { $0.json["status"] as? String } == ["queued", "completed"])
        #expect(told("/repos/OWNER/REPO/check-runs") { $0.json["conclusion"] as? String } == [nil, "failure"])
        #expect(told("/repos/OWNER/REPO/check-runs") { $0.json["head_sha"] as? String } == [commit, commit])
        #expect(told("/api/v4/projects/42/statuses") { $0.json["state"] as? String } == ["pending", "failed"])
        #expect(
            told("/a/changes/") { ($0.json["labels"] as? [String: Int])?["Verified"].map { "\($0)" } } == ["0", "0"]
        )
        let rooms = told("/_matrix/") { $0.json["formatted_body"] as? String }
        #expect(
            rooms.count == 2 && rooms.allSatisfy { $0?.contains("<!here>") == false && $0?.contains("<b>") == false }
        )
        #expect(Set(told("/_matrix/", \.target)).count == 2, "each delivery is a transaction of its own")
        let summary = told("/repos/OWNER/REPO/check-runs") {
            ($0.json["output"] as? [String: Any])?["summary"] as? String
        }.last
        #expect(summary??.contains("@everyone") == false && summary??.contains("&#64;everyone") == true)
    }

    @Test("A build that passed is a success everywhere, and one that was canceled is not")
    func verdicts() async throws {
        try await CallbackReceiver.with { receiver in
            let webhooks = try Self.webhooks(receiver)
            try await TestFleet.with(["retry_schedule_seconds": "[]"], sections: Self.settings(webhooks)) { fleet in
                try await fleet.withNotifiers {
                    try await Self.known(fleet, webhooks.count)
                    for outcome in [JobOutcome.complete, .canceled] {
                        let id = try await Self.accept(fleet)
                        if outcome == .canceled { _ = try await fleet.store.cancelJobset(id: id, reason: "enough") }
                        try await Self.finish(fleet, id, outcome)
                        try await eventually("all deliveries to be over") {
                            let all = try await fleet.store.deliveries(of: id)
                            return all.contains { $0.event == "finished" } && all.allSatisfy { $0.state != "due" }
                        }
                    }
                    func last(_ path: String, _ key: String) -> [String] {
                        receiver.received.filter { $0.target.contains(path) }.compactMap { $0.json[key] as? String }
                            .filter { $0 != "pending" }
                    }
                    #expect(last("/api/v1/repos/", "state") == ["success", "error"])
                    #expect(last("/check-runs", "conclusion") == ["success", "cancelled"])
                    #expect(last("/api/v4/projects/42/statuses", "state") == ["success", "canceled"])
                    let votes = receiver.received.filter { $0.target.hasPrefix("/a/") }.compactMap {
                        ($0.json["labels"] as? [String: Int])?["Verified"]
                    }
                    #expect(votes == [0, 1, 0, 0])
                }
            }
        }
    }

    @Test(
        "What a product answers becomes a reason in its terms; what it was told before counts as delivered",
        arguments: [
            (
                "github-check", 404, #"{"message": "Not Found"}"#,
                "the receiver answered 404: GitHub has no such repository, or does not show it to the token: Not Found"
            ),
            (
                "github-status", 422, #"{"message": "No commit found for SHA: 0a0a"}"#,
                "the receiver answered 422: GitHub has no such commit, or does not take a value: "
                    + "No commit found for SHA: 0a0a"
            ),
            (
                "gitlab-status", 404, #"{"message": "404 Commit Not Found"}"#,
                "the receiver answered 404: GitLab has no such project or commit, or does not show it to the token: "
                    + "404 Commit Not Found"
            ),
            (
                "gitlab-status", 400,
                #"{"message":"Cannot transition status via :enqueue from :pending (Reason(s): ...)"}"#, nil
            ),
            (
                "gerrit-review", 404, "Not found: 17",
                "the receiver answered 404: Gerrit has no such change or revision, or does not show it to the user"
            ),
            (
                "matrix", 403, #"{"errcode": "M_FORBIDDEN", "error": "not in room"}"#,
                "the receiver answered 403: the user is not in the room, or may not write there: not in room"
            ),
        ]
    )
    func reasons(_ template: String, _ status: Int, _ body: String, _ reason: String?) async throws {
        try await CallbackReceiver.with { _, _ in
            .status(status, body: body)
        } _: { receiver in
            let webhooks = try Self.webhooks(receiver).filter { $0.keys.contains("template: \(template)") }
            try await TestFleet.with(["retry_schedule_seconds": "[]"], sections: Self.settings(webhooks)) { fleet in
                try await fleet.withNotifiers {
                    try await Self.known(fleet, 1)
                    let id = try await Self.accept(fleet)
                    try await eventually("the delivery to be over") { try await fleet.isOver(id) }
                    let delivery = try #require(try await fleet.store.deliveries(of: id).first)
                    #expect(delivery.lastError == reason)
                    #expect(delivery.state == (reason == nil ? "delivered" : "failed"))
                }
            }
        }
    }

    @Test("A jobset without the label that a template needs is given up, with the reason")
    func withoutLabel() async throws {
        try await CallbackReceiver.with { receiver in
            let webhooks = try Self.webhooks(receiver).filter { $0.keys.contains("template: github-check") }
            try await TestFleet.with(sections: Self.settings(webhooks)) { fleet in
                try await fleet.withNotifiers {
                    try await Self.known(fleet, 1)
                    let id = try await Self.accept(fleet, labels: [:])
                    try await eventually("the delivery to be over") { try await fleet.isOver(id) }
                    let delivery = try #require(try await fleet.store.deliveries(of: id).first)
                    #expect(delivery.state == "failed" && receiver.received.isEmpty)
                    #expect(delivery.lastError == "the jobset has no label commit, which the webhook's template names")
                }
            }
        }
    }
}
