// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// Receivers that answer with nothing good, and notifiers that are killed while they deal with them.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RoughReceiverTests {
    private static let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 1000000\r\n\r\n"

    private func send(to receiver: RawReceiver, timeout: Duration) async throws -> CallbackAnswer {
        let sender = CallbackSender(
            timeout: timeout,
            excerptBytes: 1_000,
            policy: AddressPolicy(allowedNetworks: ["127.0.0.0/8"])
        )
        return try await sender.send(.post, Array("{}".utf8), to: receiver.url, headers: [:], turn: 0)
    }

    @Test("an answer that is none is no success: garbage, the end, a header that never ends, silence, a drip")
    func noAnswer() async throws {
        let noHTTP = "what answers there does not speak HTTP"
        let deeds: [(deed: RawReceiver.Deed, words: String)] = [
            (RawReceiver.garbage, noHTTP), (.drop, "it closed the connection and sent no whole answer"),
            (.hang, "no answer within the limit"),
            (.drip(Self.head, pause: .seconds(1)), "no answer within the limit"),
            (
                .answer(
                    "HTTP/1.1 200 OK\r\n"
                        + String(repeating: "x: \(String(repeating: "y", count: 1_000))\r\n", count: 500)
                ),
                "the head of its answer is too large"
            ),
            (.answer("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"), noHTTP),
            (.answer("HTTP/1.1 99999 OK\r\n\r\n"), noHTTP),
        ]
        for (deed, words) in deeds {
            let receiver = try RawReceiver { _, _ in deed }
            defer { receiver.stop() }
            await #expect("\(deed)") {
                try await send(to: receiver, timeout: .seconds(2))
            } throws: {
                // In our words alone: nothing of a library's stands behind them.
                ["\(words)", "the receiver can't be reached: \(words)"].contains("\($0)")
            }
            #expect(receiver.received.count == 1)
        }
    }

    @Test("a status has spoken, whatever becomes of the body behind it: a byte a second is not waited for")
    func drippingBody() async throws {
        let receiver = try RawReceiver { _, before in
            before == 0 ? .answer(Self.head + "cut off") : .drip(Self.head + "abcdefgh", pause: .milliseconds(10))
        }
        defer { receiver.stop() }
        #expect(try await send(to: receiver, timeout: .seconds(20)).excerpt == "cut off")
        let dripping = try await send(to: receiver, timeout: .seconds(4))
        #expect(dripping.status == 200)
        #expect("abcdefgh".hasPrefix(dripping.excerpt))
    }

    @Test("whatever receivers do, and notifiers killed again and again: each event arrives, under one id, and no other")
    func killed() async throws {
        let settings = [
            "notifier": ["retry_schedule_seconds": "[\(Array(repeating: "0.3", count: 60).joined(separator: ", "))]"]
        ]
        try await TestFleet.with(settings: settings) { fleet in
            let receiver = try RawReceiver { _, before in
                switch before {
                case 0, 1: RawReceiver.broken
                case 2: .hang
                case 3: .drop
                case 4: RawReceiver.garbage
                default: RawReceiver.ok
                }
            }
            defer { receiver.stop() }
            for _ in 0..<2 { try fleet.start(.notifier) }
            var finished: [UUID] = []
            for number in 0..<20 {
                let id = try await fleet.accept(callback: "\(receiver.url)/\(number)")
                // The others never end: nobody may be told that they have.
                if number % 4 != 3 {
                    try await fleet.finish(id)
                    finished.append(id)
                }
            }
            for _ in 0..<10 {
                fleet.running(.notifier).randomElement()?.kill()
                try fleet.start(.notifier)
                try await Task.sleep(for: .milliseconds(.random(in: 100...500)))
            }
            for id in finished { try await fleet.waitForCallback(of: id) }
            try await fleet.expectEvents(of: finished, at: receiver)
        }
    }

    @Test("a mail server that refuses, hangs and cuts, and notifiers killed: each report is mailed, under one id")
    func mailed() async throws {
        for deed in ["451 later", "hang", "cut"] {
            try await TestMailServer.with(["DATA=\(deed)", "TIMES=4"]) { server in
                let settings = [
                    "mail": ["url": server.url, "from": "m@example.org", "starttls": "off", "timeout_seconds": "1"],
                    "notifier": [
                        "retry_schedule_seconds": "[\(Array(repeating: "0.3", count: 60).joined(separator: ", "))]",
                        "lease_margin_seconds": "2",
                    ],
                ]
                try await TestFleet.with(settings: settings) { fleet in
                    for _ in 0..<2 { try fleet.start(.notifier) }
                    let report = ReportRequest(mail: ["a@example.org", "b@example.org"].compactMap { MailAddress($0) })
                    var finished: [UUID] = []
                    for number in 0..<6 {
                        let id = try await fleet.accept(report: report)
                        // The others never end: nobody may be told that they have.
                        if number % 3 != 2 {
                            try await fleet.finish(id)
                            finished.append(id)
                        }
                    }
                    for _ in 0..<6 {
                        fleet.running(.notifier).randomElement()?.kill()
                        try fleet.start(.notifier)
                        try await Task.sleep(for: .milliseconds(.random(in: 100...500)))
                    }
                    try await fleet.expectMails(of: finished, at: server)
                }
            }
        }
    }

    @Test(
        "a receiver that is down for an hour is called by the schedule until it is up; the clock goes a thousand times as fast"
    )
    func downForAnHour() async throws {
        let settings = ["notifier": ["retry_schedule_seconds": "[0.005, 0.3, 1.8, 7.2, 18, 36, 36]"]]
        try await TestFleet.with(settings: settings) { fleet in
            let port = try ReservedPort()
            for _ in 0..<2 { try fleet.start(.notifier) }
            var ids: [UUID] = []
            for number in 0..<5 {
                let id = try await fleet.accept(callback: "http://127.0.0.1:\(port.number)/\(number)")
                try await fleet.finish(id)
                ids.append(id)
            }
            for id in ids {
                try await eventually("it was tried three times in vain") {
                    try await fleet.store.deliveries(of: id).contains { $0.kind == "callback" && $0.tries >= 3 }
                }
            }
            fleet.running(.notifier).first?.kill()
            try await Task.sleep(for: .seconds(3.6))
            let receiver = try RawReceiver(port: port.number) { _, _ in RawReceiver.ok }
            defer { receiver.stop() }
            for id in ids { try await fleet.waitForCallback(of: id) }
            try await fleet.expectEvents(of: ids, at: receiver)
        }
    }
}

extension TestFleet {
    /// Takes in a jobset of one job, as ingest would.
    fileprivate func accept(callback: String? = nil, report: ReportRequest? = nil) async throws -> UUID {
        let id = UUID()
        let document = JobsetDocument(
            build: try #require(Build("/group/project/v1")),
            callback: callback.map { CallbackRequest(url: $0) },
            jobs: [JobEntry(environment: "e", backend: "lab-a", definition: "job_name: x")],
            report: report
        )
        _ = try await store.acceptJobset(id: id, document: document)
        return id
    }

    /// Finishes it, as a watcher would; nobody is woken.
    fileprivate func finish(_ id: UUID) async throws {
        _ = try await store.finishJobs(
            try await store.jobs(of: id).map { JobEnd(jobID: $0.id, outcome: .complete, reason: nil) }
        )
    }

    /// What arrived is what happened: one id and one body for each of these jobsets, and nothing else.
    fileprivate func expectEvents(of jobsets: [UUID], at receiver: RawReceiver) async throws {
        var ids: Set<String> = []
        for jobset in jobsets {
            let callbacks = try await store.deliveries(of: jobset).filter { $0.kind == "callback" }
            #expect(callbacks.map(\.state) == ["delivered"])
            ids.formUnion(callbacks.map { "msg_" + $0.id.uuidString.lowercased() })
        }
        let received = receiver.received
        #expect(Set(received.map(\.id)) == ids)
        for (_, tries) in Dictionary(grouping: received, by: \.path) {
            #expect(Set(tries.map(\.id)).count == 1)
            #expect(Set(tries.map(\.body)).count == 1)
        }
    }

    /// Each mail of these jobsets has been taken, as one message however often, and no other.
    fileprivate func expectMails(of jobsets: [UUID], at server: TestMailServer) async throws {
        var ids: Set<String> = []
        for jobset in jobsets {
            try await eventually("the mails of \(jobset) are delivered") {
                let mails = try await store.deliveries(of: jobset).filter { $0.kind == "mail" }
                return mails.count == 2 && mails.allSatisfy { $0.state == "delivered" }
            }
            let mails = try await store.deliveries(of: jobset).filter { $0.kind == "mail" }
            ids.formUnion(mails.map { "<\($0.id.uuidString.lowercased())@example.org>" })
        }
        let taken = try server.taken()
        var contents: [String: Set<String>] = [:]
        for one in taken {
            let id = try #require(try ReadMail(one.content).values("Message-ID").first)
            contents[id, default: []].insert(one.content)
        }
        #expect(Set(contents.keys) == ids)
        #expect(contents.values.allSatisfy { $0.count == 1 })
    }
}
