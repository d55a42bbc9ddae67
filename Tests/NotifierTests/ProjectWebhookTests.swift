// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Notifier

/// Receivers of all events of a project, beside the callback that a document names.
@Suite("Webhooks of projects", .timeLimit(.minutes(10)))
struct ProjectWebhookTests {
    private struct Body: Decodable {
        struct Content: Decodable {
            let jobset: String
            let generation: Int
            let total: Int
            let pending: Int?
            let verdict: String?
        }

        let type: String
        let data: Content
    }

    private static let otherSecret = "whsec_" + Data("another secret than the usual one".utf8).base64EncodedString()

    /// Sections with webhooks of `group/project`, each in YAML.
    private static func sections(_ webhooks: [String: String]) -> TestFleet.Settings {
        let all = webhooks.sorted { $0.key < $1.key }.map { "\($0.key): {\($0.value)}" }.joined(separator: ", ")
        return [
            "projects": ["group/project": "{webhooks: {\(all)}}"],
            "callback": ["secrets": "{team: {secret: \(otherSecret), projects: [group/*]}}"],
            "gateway": ["public_url": "\"https://muster.example.org\""],
        ]
    }

    private static func bodies(_ receiver: CallbackReceiver, at path: String) -> [Body] {
        receiver.received.filter { $0.path == path }.compactMap {
            try? JSONDecoder().decode(Body.self, from: Data($0.body))
        }
    }

    /// A jobset is accepted only when the notifier has made the webhooks known.
    private static func waitUntilKnown(_ fleet: TestFleet, _ count: Int) async throws {
        try await eventually("\(count) webhooks to be known") {
            try await fleet.postgres.query("select count(*) from webhook").one().decode(Int.self) == count
        }
    }

    private static func accept(
        _ fleet: TestFleet,
        jobs: Int,
        build: String = "/group/project/v1",
        labels: [String: String] = [:]
    )
        async throws -> (UUID, [Int])
    {
        let id = UUID()
        let document = JobsetDocument(
            build: try #require(Build(build)),
            callback: nil,
            jobs: (0..<jobs).map { JobEntry(environment: "env-\($0)", backend: "lab-a", definition: "job_name: test") },
            labels: labels
        )
        _ = try await fleet.store.acceptJobset(id: id, document: document)
        return (id, try await fleet.store.jobs(of: id).map(\.id))
    }

    private static func finish(_ fleet: TestFleet, _ jobs: some Sequence<Int>) async throws {
        _ = try await fleet.store.finishJobs(jobs.map { JobEnd(jobID: $0, outcome: .complete, reason: nil) })
    }

    @Test("Each is called for the events that it chose, signed with its secret, and again for a new generation")
    func events() async throws {
        try await CallbackReceiver.with { receiver in
            let root = "http://127.0.0.1:\(receiver.port)"
            let sections = Self.sections([
                "ends": "url: \"\(root)/ends\"",
                "team":
                    "url: \"\(root)/team\", events: [accepted, canceled, finished], secret: team, authorization: \"Bearer t\"",
                "off": "url: \"\(root)/off\", enabled: false",
            ])
            try await TestFleet.with(sections: sections) { fleet in
                try await fleet.withNotifiers(2) {
                    try await Self.waitUntilKnown(fleet, 3)
                    let (id, jobs) = try await Self.accept(fleet, jobs: 2)
                    let (other, otherJobs) = try await Self.accept(fleet, jobs: 1, build: "/group/other/v1")
                    try await Self.finish(fleet, jobs + otherJobs)
                    try await eventually("all deliveries to be over") {
                        for jobset in [id, other] where try await !fleet.isOver(jobset) { return false }
                        return true
                    }
                    _ = try await fleet.store.retryJobs(of: id, .all)
                    _ = try await fleet.store.cancelJobset(id: id, reason: "enough")
                    try await eventually("all deliveries to be over again") { try await fleet.isOver(id) }
                    let team = Self.bodies(receiver, at: "/team")
                    #expect(
                        Set(team.map { "\($0.type) \($0.data.generation)" }) == [
                            "jobset.accepted 1", "jobset.finished 1", "jobset.accepted 2", "jobset.canceled 2",
                            "jobset.finished 2",
                        ]
                    )
                    #expect(team.count == 5 && team.allSatisfy { $0.data.jobset == id.text && $0.data.total == 2 })
                    #expect(Self.bodies(receiver, at: "/ends").map(\.data.verdict) == ["passed", "canceled"])
                    #expect(receiver.received.count == 7)
                    for call in receiver.received {
                        let isTeam = call.path == "/team"
                        try call.expectSigned(by: isTeam ? Self.otherSecret : TestFleet.secret)
                        #expect(call.headers["authorization"] == (isTeam ? "Bearer t" : nil))
                    }
                    let deliveries = try await fleet.store.deliveries(of: id).filter { $0.kind == "webhook" }
                    #expect(deliveries.count == 7 && Set(deliveries.map(\.webhook)) == ["ends", "team"])
                    #expect(deliveries.allSatisfy { $0.receiver.reveal == root && $0.isDelivered })
                    #expect(receiver.events == Set(deliveries.map { "msg_" + $0.id.text }))
                }
            }
        }
    }

    @Test("Progress is told when enough jobs have ended since the last time, and long enough ago, once")
    func progress() async throws {
        try await CallbackReceiver.with { receiver in
            let url = "http://127.0.0.1:\(receiver.port)/progress"
            let sections = Self.sections([
                "bar": "url: \"\(url)\", events: [progress], progress_percent: 30, progress_interval_seconds: 1"
            ])
            try await TestFleet.with(sections: sections) { fleet in
                try await fleet.withNotifiers(2) {
                    try await Self.waitUntilKnown(fleet, 1)
                    let (id, jobs) = try await Self.accept(fleet, jobs: 10)
                    for (end, told) in [(3, [7]), (5, [7]), (7, [7, 3]), (10, [7, 3])] {
                        try await Self.finish(fleet, jobs[..<end])
                        try await eventually("\(told) to be told") {
                            Self.bodies(receiver, at: "/progress").map(\.data.pending) == told
                        }
                        // A third of them is the least that is told of.
                        for _ in 0..<3 { #expect(try await fleet.store.orderProgress() == 0) }
                    }
                    #expect(Set(Self.bodies(receiver, at: "/progress").map(\.type)) == ["jobset.progress"])
                    try await eventually("all deliveries to be over") { try await fleet.isOver(id) }
                }
            }
        }
    }

    @Test("A built-in template and a label in the URL set the status of a commit; without the label, that is said")
    func status() async throws {
        try await CallbackReceiver.with { receiver in
            let root = "http://127.0.0.1:\(receiver.port)"
            let sections = Self.sections([
                "github": "url: \"\(root)/repos/o/r/statuses/{labels.commit}\", events: [accepted, finished], "
                    + "template: github-status, authorization: Bearer x"
            ])
            try await TestFleet.with(sections: sections) { fleet in
                try await fleet.withNotifiers {
                    try await Self.waitUntilKnown(fleet, 1)
                    let (id, jobs) = try await Self.accept(fleet, jobs: 1, labels: ["commit": "0123abcd/x"])
                    try await eventually("the status pending") { receiver.received.count == 1 }
                    try await Self.finish(fleet, jobs)
                    try await eventually("all deliveries to be over") { try await fleet.isOver(id) }
                    #expect(
                        receiver.received.map(\.target)
                            == Array(repeating: "/repos/o/r/statuses/0123abcd%2Fx", count: 2)
                    )
                    let states = try receiver.received.map { call in
                        try JSONDecoder().decode([String: String].self, from: Data(call.body))
                    }
                    #expect(states.map { $0["state"] } == ["pending", "success"])
                    #expect(states.allSatisfy { $0["target_url"] == "https://muster.example.org/jobsets/\(id.text)" })
                    let (bare, _) = try await Self.accept(fleet, jobs: 1)
                    try await eventually("the delivery to be given up") {
                        try await fleet.store.deliveries(of: bare).first?.state == "failed"
                    }
                    #expect(
                        try await fleet.store.deliveries(of: bare).first?.lastError
                            == "the jobset has no label commit, which the webhook's URL names"
                    )
                }
            }
        }
    }

    @Test("A state that could not be told while the jobset ran is not told after its end")
    func order() async throws {
        try await CallbackReceiver.with({ call, _ in
            String(decoding: call.body, as: UTF8.self).contains("pending") ? .status(503) : .status(201)
        }) { receiver in
            let url = "http://127.0.0.1:\(receiver.port)/statuses/{labels.commit}"
            let sections = Self.sections([
                "github": "url: \"\(url)\", events: [accepted, finished], template: github-status"
            ])
            try await TestFleet.with(["retry_schedule_seconds": "[0.1, 0.1, 0.1]"], sections: sections) { fleet in
                try await fleet.withNotifiers { try await Self.waitUntilKnown(fleet, 1) }
                let (id, jobs) = try await Self.accept(fleet, jobs: 1, labels: ["commit": "0123"])
                try await Self.finish(fleet, jobs)
                try await fleet.withNotifiers(2) {
                    try await eventually("all deliveries to be over") { try await fleet.isOver(id) }
                }
                let states = try receiver.received.map { call in
                    try JSONDecoder().decode([String: String].self, from: Data(call.body))["state"]
                }
                #expect(states == ["pending", "success"])
                let accepted = try await fleet.store.deliveries(of: id).first { $0.event == "accepted" }
                #expect(accepted?.lastError == "the jobset has ended meanwhile")
                // Nor is it when somebody has all sent again that was given up.
                let again = try await fleet.store.redeliverFailed(toWebhook: "github", of: "group", "project")
                #expect(again.count == 1)
                try await fleet.withNotifiers {
                    try await eventually("it to be over again") { try await fleet.isOver(id) }
                }
                #expect(receiver.received.count == 2)
            }
        }
    }

    @Test("Neither is that it was canceled: its end says so too, and comes last")
    func canceledOrder() async throws {
        try await CallbackReceiver.with({ call, _ in
            String(decoding: call.body, as: UTF8.self).contains("pending") ? .status(503) : .status(201)
        }) { receiver in
            let url = "http://127.0.0.1:\(receiver.port)/statuses/{labels.commit}"
            let sections = Self.sections([
                "github": "url: \"\(url)\", events: [canceled, finished], template: github-status"
            ])
            try await TestFleet.with(["retry_schedule_seconds": "[0.1, 0.1, 0.1]"], sections: sections) { fleet in
                try await fleet.withNotifiers { try await Self.waitUntilKnown(fleet, 1) }
                let (id, _) = try await Self.accept(fleet, jobs: 2, labels: ["commit": "0123"])
                _ = try await fleet.store.cancelJobset(id: id, reason: "enough")
                try await fleet.withNotifiers(2) {
                    try await eventually("all deliveries to be over") { try await fleet.isOver(id) }
                }
                let states = try receiver.received.map { call in
                    try JSONDecoder().decode([String: String].self, from: Data(call.body))["state"]
                }
                #expect(states == ["pending", "error"])
                let canceled = try await fleet.store.deliveries(of: id).first { $0.event == "canceled" }
                #expect(canceled?.lastError == "the jobset has ended meanwhile")
            }
        }
    }

    @Test("What the configuration has no more is called no more, and what it was still to get is given up")
    func removed() async throws {
        try await CallbackReceiver.with({ _, _ in .status(503) }) { receiver in
            let sections = Self.sections(["ends": "url: \"http://127.0.0.1:\(receiver.port)/ends\", events: [accepted]"]
            )
            try await TestFleet.with(
                ["retry_schedule_seconds": "[3600]"],
                sections: sections
            ) { fleet in
                let id = try await fleet.withNotifiers {
                    try await Self.waitUntilKnown(fleet, 1)
                    let (id, _) = try await Self.accept(fleet, jobs: 1)
                    try await eventually("a try") { try await fleet.store.deliveries(of: id).first?.tries == 1 }
                    return id
                }
                try await fleet.store.registerWebhooks([])
                let delivery = try #require(try await fleet.store.deliveries(of: id).first)
                #expect(delivery.state == "failed" && delivery.lastError == "the project has no such webhook any more")
                let (other, _) = try await Self.accept(fleet, jobs: 1)
                #expect(try await fleet.store.deliveries(of: other).isEmpty)
            }
        }
    }

    @Test("A rotated secret signs beside what signed before, for as long as was said")
    func rotated() async throws {
        try await CallbackReceiver.with { receiver in
            try await TestFleet.with { fleet in
                let wish = WebhookWish(name: "own", url: "http://127.0.0.1:\(receiver.port)/own")
                _ = try await fleet.store.putWebhook(wish, of: "group", "project", by: "somebody")
                func rotate(_ seconds: Int) async throws -> String {
                    try await fleet.store.rotateSecret(ofWebhook: "own", of: "group", "project", keepingFor: seconds)
                        .secret
                }
                try await fleet.withNotifiers {
                    var signatures: [Int] = []
                    func call(_ secrets: [String], refusing others: [String]) async throws {
                        let (id, jobs) = try await Self.accept(fleet, jobs: 1)
                        try await Self.finish(fleet, jobs)
                        try await eventually("all deliveries to be over") { try await fleet.isOver(id) }
                        let call = try #require(receiver.received.last)
                        for secret in secrets { try call.expectSigned(by: secret) }
                        for secret in others { #expect(try !call.isSigned(by: secret)) }
                        signatures.append(call.headers["webhook-signature"]?.split(separator: " ").count ?? 0)
                    }
                    try await call([TestFleet.secret], refusing: [])
                    let first = try await rotate(3_600)
                    try await call([first, TestFleet.secret], refusing: [])
                    let second = try await rotate(3_600)
                    try await call([second, first, TestFleet.secret], refusing: [])
                    let third = try await rotate(0)
                    try await call([third], refusing: [second, first, TestFleet.secret])
                    #expect(signatures == [1, 2, 3, 1])
                }
            }
        }
    }

    @Test("A notifier that does not know how to call a webhook makes its body, so that a retry takes nothing away")
    func unknown() async throws {
        func configured(_ name: String, template: String? = nil) -> ConfiguredWebhook {
            let parameters = template == nil ? [:] : ["ref": "main", "token": "geheim"]
            return ConfiguredWebhook(
                group: "group",
                project: "project",
                name: name,
                terms: WebhookTerms(),
                request: WebhookRequest(url: "https://x.example/", template: template, parameters: parameters)
            )
        }
        try await TestFleet.with { fleet in
            try await fleet.store.registerWebhooks([configured("gone")])
            try await fleet.withNotifiers {
                // Its own configuration has none.
                try await Self.waitUntilKnown(fleet, 0)
                try await fleet.store.registerWebhooks([
                    configured("plain"), configured("trigger", template: "gitlab-pipeline"),
                ])
                let (id, jobs) = try await Self.accept(fleet, jobs: 1)
                try await Self.finish(fleet, jobs)
                try await eventually("both to be tried in vain, and the report to be made") {
                    let all = try await fleet.store.deliveries(of: id)
                    return all.count { $0.kind == "webhook" && $0.tries > 0 } == 2
                        && all.contains { $0.kind == "report" && $0.isDelivered }
                }
                _ = try await fleet.store.retryJobs(of: id, .all)
            }
            let bodies = try await fleet.postgres.query(
                "select webhook, body from delivery where event = 'finished' and kind = 'webhook' order by webhook"
            ).map { try $0.decode(String.self, String.self) }
            #expect(bodies.map(\.0) == ["plain", "trigger"])
            #expect(bodies[0].1.contains(#""verdict":"passed""#))
            #expect(bodies[1].1.contains("ref=main&") && bodies[1].1.contains("MUSTER_VERDICT%5D=passed"))
            let shapes = try await fleet.postgres.query("select coalesce(shape::text, '') from webhook").decode(
                String.self
            )
            #expect(!(bodies.map(\.1) + shapes).contains { $0.contains("geheim") })
        }
    }

    @Test("Webhooks of the same name in two projects have nothing to do with one another")
    func sameName() async throws {
        try await TestFleet.with { fleet in
            let wish = WebhookWish(name: "ci", url: "https://ci.example.org/")
            for project in ["project", "other"] {
                _ = try await fleet.store.putWebhook(wish, of: "group", project, by: "somebody")
            }
            let (id, jobs) = try await Self.accept(fleet, jobs: 1)
            let (other, otherJobs) = try await Self.accept(fleet, jobs: 1, build: "/group/other/v1")
            try await Self.finish(fleet, jobs + otherJobs)
            #expect(try await fleet.store.webhooks(of: "group", "project").map(\.due) == [1])
            #expect(try await fleet.store.removeWebhook("ci", of: "group", "project").due == 1)
            for (jobset, state) in [(id, "failed"), (other, "due")] {
                let delivery = try await fleet.store.deliveries(of: jobset).first { $0.kind == "webhook" }
                #expect(delivery?.state == state)
            }
            #expect(try await fleet.store.webhooks(of: "group", "other").map(\.due) == [1])
        }
    }

    @Test("A delivery that is sent again has its id and its body")
    func again() async throws {
        try await CallbackReceiver.with { receiver in
            let sections = Self.sections(["ends": "url: \"http://127.0.0.1:\(receiver.port)/ends\""])
            try await TestFleet.with(sections: sections) { fleet in
                try await fleet.withNotifiers {
                    try await Self.waitUntilKnown(fleet, 1)
                    let (id, jobs) = try await Self.accept(fleet, jobs: 1)
                    try await Self.finish(fleet, jobs)
                    try await eventually("all deliveries to be over") { try await fleet.isOver(id) }
                    let delivery = try #require(try await fleet.store.deliveries(of: id).first { $0.kind == "webhook" })
                    _ = try await fleet.store.redeliver(.delivery(delivery.id))
                    try await eventually("the second call") { receiver.received.count == 2 }
                    #expect(receiver.events.count == 1)
                    #expect(receiver.received[0].body == receiver.received[1].body)
                }
            }
        }
    }
}
