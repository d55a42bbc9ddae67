// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetRuntime
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@testable import Notifier

/// Against a real PostgreSQL, a real RabbitMQ and a receiver on loopback.
@Suite("Deliveries", .timeLimit(.minutes(10)))
struct DeliveryTests {
    @Test("A finished jobset is reported and called back once, signed, with its jobs", arguments: [0, 1, 500])
    func delivered(_ jobs: Int) async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { receiver in
                try await fleet.withNotifiers {
                    let callback = CallbackRequest(
                        url: receiver.url,
                        headers: ["X-Token": "t", "Webhook-Id": "forged", "Host": "forged"]
                    )
                    let outcome: JobOutcome = jobs == 500 ? .incomplete : .complete
                    let id = try await fleet.finishJobset(callback: callback, outcome: outcome, jobs: jobs)
                    try await eventually("both deliveries are over") { try await fleet.isOver(id) }
                    #expect(
                        try await fleet.store.deliveries(of: id).allSatisfy { $0.state == "delivered" && $0.tries == 1 }
                    )
                    let received = try #require(receiver.received.first)
                    #expect(receiver.received.count == 1)
                    #expect(received.headers["x-token"] == "t")
                    #expect(received.headers["host"] == nil || received.headers["host"] != "forged")
                    #expect(received.headers["content-type"] == "application/json")
                    #expect(received.headers["user-agent"] == "muster/\(MusterVersion.current)")
                    let delivery = try #require(try await fleet.callback(of: id))
                    #expect(received.id == "msg_" + delivery.id.uuidString.lowercased())
                    try expectSigned(received)
                    try expectBody(received, jobset: id, jobs: jobs, outcome: outcome)
                    let report = try #require(try await fleet.store.storedReport(jobsetID: id))
                    #expect(report[.json]?.contains("muster.report.v1") == true)
                    #expect(report[.text]?.contains("/group/project/v1") == true)
                }
            }
        }
    }

    private func expectSigned(_ received: ReceivedCallback) throws {
        let timestamp = try #require(received.headers["webhook-timestamp"].flatMap { Int($0) })
        #expect(abs(Double(timestamp) - Date().timeIntervalSince1970) < 300)
        let signer = WebhookSigner(keys: [try SigningKey(Secret(TestFleet.secret))])
        #expect(
            received.headers["webhook-signature"]
                == (try signer.signature(id: received.id, timestamp: timestamp, body: received.body))
        )
    }

    private func expectBody(_ received: ReceivedCallback, jobset: UUID, jobs: Int, outcome: JobOutcome) throws {
        #expect(received.body.count < 20_000)
        let event = try #require(try JSONSerialization.jsonObject(with: Data(received.body)) as? [String: Any])
        #expect(event["type"] as? String == "jobset.finished")
        #expect(event["version"] as? Int == 1)
        let data = try #require(event["data"] as? [String: Any])
        #expect(data["jobset"] as? String == jobset.uuidString.lowercased())
        #expect(data["build"] as? String == "/group/project/v1")
        #expect(data["verdict"] as? String == (outcome == .complete ? "passed" : "incomplete"))
        #expect(data["total"] as? Int == jobs)
        #expect((data["outcomes"] as? [String: Int])?[outcome.rawValue] == jobs)
        let listed = try #require(data["jobs"] as? [[String: Any]])
        #expect(listed.count + (data["jobs_omitted"] as? Int ?? -1) == jobs)
        #expect(jobs < 500 ? listed.count == jobs : listed.count > 50)
    }

    @Test("A jobset without a callback is reported, and that is all")
    func withoutCallback() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withNotifiers {
                let id = try await fleet.finishJobset(callback: nil)
                try await eventually("the report is stored") { try await fleet.isOver(id) }
                #expect(try await fleet.store.deliveries(of: id).map(\.kind) == ["report"])
            }
        }
    }

    @Test("A lost notification costs nothing: the rows are the queue")
    func withoutMessage() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { receiver in
                let id = try await fleet.finishJobset(
                    callback: CallbackRequest(url: receiver.url),
                    isAnnounced: false
                )
                try await fleet.withNotifiers {
                    try await eventually("both deliveries are over") { try await fleet.isOver(id) }
                    #expect(receiver.received.count == 1)
                }
            }
        }
    }

    @Test("A receiver that answers 500 twice gets the same callback under the same id until it takes it")
    func retried() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { _, before in
                .status(before < 2 ? 500 : 204, body: "no\u{0}t yet")
            } _: { receiver in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url))
                    try await eventually("it is taken") { try await fleet.isOver(id) }
                    let received = receiver.received
                    #expect(received.count == 3)
                    #expect(Set(received.map(\.id)).count == 1)
                    #expect(Set(received.map(\.body)).count == 1)
                    let delivery = try #require(try await fleet.callback(of: id))
                    #expect(delivery.state == "delivered")
                    #expect(delivery.tries == 3)
                    #expect(delivery.lastStatus == 204)
                }
            }
        }
    }

    @Test(
        "What is not a 2xx is no success: redirects are not followed, the schedule ends, 410 ends at once",
        arguments: [(301, 4), (404, 4), (410, 1), (503, 4)]
    )
    func failed(_ status: Int, _ tries: Int) async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { _, _ in
                .status(status, headers: ["location": "/elsewhere"], body: "x")
            } _: { receiver in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url))
                    try await eventually("it is given up") { try await fleet.isOver(id) }
                    let delivery = try #require(try await fleet.callback(of: id))
                    #expect(delivery.state == "failed")
                    #expect(delivery.tries == tries)
                    #expect(delivery.lastStatus == status)
                    #expect(receiver.received.count == tries)
                    #expect(receiver.received.allSatisfy { $0.path == "/hook" })
                }
            }
        }
    }

    @Test("Receivers that hang hold up nobody else")
    func hanging() async throws {
        try await TestFleet.with(["concurrency": "4", "callback_timeout_seconds": "28"]) { fleet in
            try await CallbackReceiver.with { _, _ in
                .hang()
            } _: { hanging in
                try await CallbackReceiver.with { healthy in
                    try await fleet.withNotifiers {
                        for _ in 0..<10 {
                            try await fleet.finishJobset(callback: CallbackRequest(url: hanging.url))
                        }
                        try await eventually("the hanging receiver has its share") { hanging.received.count >= 2 }
                        var ids: [UUID] = []
                        for _ in 0..<10 {
                            ids.append(try await fleet.finishJobset(callback: CallbackRequest(url: healthy.url)))
                        }
                        try await eventually("the healthy receiver has its own") {
                            Set(healthy.received.map(\.id)).count == ids.count
                        }
                        // After one timeout of the receiver that hangs it would have more.
                        #expect(hanging.received.count == 2)
                    }
                }
            }
        }
    }

    @Test("A receiver that does not answer is a timeout, recorded and tried again")
    func timeout() async throws {
        try await TestFleet.with(["callback_timeout_seconds": "0.5"]) { fleet in
            try await CallbackReceiver.with { _, before in
                before == 0 ? .hang() : .status(200)
            } _: { receiver in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url))
                    try await eventually("it is taken") { try await fleet.isOver(id) }
                    let delivery = try #require(try await fleet.callback(of: id))
                    #expect(delivery.state == "delivered")
                    #expect(delivery.tries == 2)
                }
            }
        }
    }

    @Test("A receiver that is down gets its callback once it is up")
    func downThenUp() async throws {
        try await TestFleet.with([
            "retry_schedule_seconds": "[\(Array(repeating: "0.2", count: 500).joined(separator: ", "))]"
        ]) { fleet in
            let port = try await CallbackReceiver.with { receiver in receiver.port }
            try await fleet.withNotifiers {
                let id = try await fleet.finishJobset(
                    callback: CallbackRequest(url: "http://127.0.0.1:\(port)/hook")
                )
                try await eventually("it was tried in vain") { try await fleet.callback(of: id)?.tries ?? 0 > 1 }
                #expect(try await fleet.callback(of: id)?.lastError != nil)
                try await CallbackReceiver.with(port: port) { receiver in
                    try await eventually("it is taken") { try await fleet.isOver(id) }
                    #expect(receiver.received.count == 1)
                }
                #expect(try await fleet.callback(of: id)?.state == "delivered")
            }
        }
    }

    @Test("Two notifiers share 200 jobsets and deliver each once")
    func shared() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { receiver in
                try await fleet.withNotifiers(2) {
                    var ids: Set<UUID> = []
                    for _ in 0..<200 {
                        ids.insert(try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url)))
                    }
                    for id in ids {
                        try await eventually("every delivery is over") { try await fleet.isOver(id) }
                    }
                    #expect(receiver.received.count == 200)
                    #expect(Set(receiver.received.map(\.id)).count == 200)
                }
            }
        }
    }

    @Test("A callback to an address that is not public fails at once, and its author does not learn the address")
    func forbidden() async throws {
        try await TestFleet.with(["retry_schedule_seconds": "[3600]"]) { fleet in
            let resolver = HostResolver { _ in [IPAddress("10.1.2.3"), IPAddress("::1")].compactMap { $0 } }
            try await fleet.withNotifiers(resolver: resolver) {
                let id = try await fleet.finishJobset(callback: CallbackRequest(url: "http://internal.example/hook"))
                try await eventually("it is refused") { try await fleet.isOver(id) }
                let delivery = try #require(try await fleet.callback(of: id))
                #expect(delivery.state == "failed")
                #expect(delivery.tries == 1)
                #expect(delivery.lastError == "the receiver's address is not one that callbacks may reach")
                let tries = try #require(try await fleet.store.tries(of: delivery.id))
                #expect(tries.allSatisfy { $0.error?.contains("10.1.2.3") == false })
            }
        }
    }

    @Test("The checked address is the one that is dialled, whatever the name would say")
    func pinned() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { receiver in
                let resolver = HostResolver { _ in [IPAddress("::1"), IPAddress("127.0.0.1")].compactMap { $0 } }
                try await fleet.withNotifiers(resolver: resolver) {
                    let url = "http://Receiver.invalid:\(receiver.port)/hook?build=1"
                    let id = try await fleet.finishJobset(callback: CallbackRequest(url: url))
                    try await eventually("it is taken") { try await fleet.isOver(id) }
                    #expect(try await fleet.callback(of: id)?.state == "delivered")
                }
            }
        }
    }

    @Test("Without a secret a callback carries no signature")
    func unsigned() async throws {
        try await TestFleet.with(isSigned: false) { fleet in
            try await CallbackReceiver.with { receiver in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url))
                    try await eventually("it is taken") { try await fleet.isOver(id) }
                    #expect(receiver.received.first?.headers["webhook-signature"] == nil)
                    #expect(receiver.received.first?.id.hasPrefix("msg_") == true)
                }
            }
        }
    }

    @Test("An answer is read no further than its excerpt")
    func excerpt() async throws {
        let sender = CallbackSender(
            timeout: .seconds(20),
            excerptBytes: 100,
            policy: AddressPolicy(allowedNetworks: ["127.0.0.0/8"]),
            resolver: HostResolver()
        )
        try await CallbackReceiver.with { _, _ in
            .status(429, headers: ["retry-after": "7"], body: "\u{1B}[2J" + String(repeating: "x", count: 10_000_000))
        } _: { receiver in
            let answer = try await sender.send(.post, [], to: receiver.url, headers: [:], turn: 0)
            #expect(answer.status == 429)
            #expect(answer.retryAfter == .seconds(7))
            #expect(answer.excerpt.utf8.count <= 110)
            #expect(answer.excerpt.hasPrefix("\u{FFFD}[2Jxxx"))
        }
    }
}
