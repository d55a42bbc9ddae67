// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CommandLine
@testable import Fleet
@testable import FleetStore

@Suite("The shape of --output json")
struct JSONShapeTests {
    func object(_ value: some Encodable) throws -> [String: Any] {
        let data = Data(try FleetJSON.text(value).utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test("A jobset keeps its keys, has a small id and ISO times")
    func jobset() throws {
        let json = try object(
            Samples.jobset(state: .finished, verdict: .failed, finishedAt: Samples.created)
        )
        #expect(
            json.keys.sorted() == [
                "build", "callback_url", "created_at", "failures", "finished_at", "generation", "id", "in_lab",
                "is_sealed", "labels", "missing", "outcomes", "pending", "priority", "retries", "state", "tests",
                "total",
                "verdict", "waiting",
            ]
        )
        #expect(json["id"] as? String == "6f1c0000-0000-4000-8000-00000000002a")
        #expect(json["created_at"] as? String == "2026-11-18T11:06:40Z")
        #expect((json["labels"] as? [String: String])?["purpose"] == "demo")
        #expect((json["callback_url"] as? String)?.contains("hunter2") == false)
    }

    @Test("A key without a value is left out")
    func missing() throws {
        let json = try object(Samples.jobset(callbackURL: nil))
        #expect(json["verdict"] == nil && json["callback_url"] == nil && json["finished_at"] == nil)
    }

    @Test("Labels and outcomes keep their own spelling")
    func dictionaries() throws {
        let json = try object(["labels": ["aCamelLabel": "x"]])
        #expect((json["labels"] as? [String: String])?["aCamelLabel"] == "x")
    }

    @Test("A job keeps its keys and links to its lab")
    func job() throws {
        let json = try object(Samples.job())
        #expect(
            json.keys.sorted() == [
                "attempts", "backend", "created_at", "environment", "finished_at", "id", "lab_jobs", "outcome",
                "position", "reason", "state", "tests",
            ]
        )
        let lab = try #require((json["lab_jobs"] as? [[String: Any]])?.first)
        #expect(lab.keys.sorted() == ["device", "health", "number", "sub_id", "submit_time", "url"])
        #expect(lab["url"] as? String == "http://127.0.0.1:1/scheduler/job/39")
    }

    @Test("Deliveries, labs, refused documents and results keep their keys")
    func others() throws {
        let delivery = Delivery(
            id: Samples.id,
            event: "finished",
            kind: "callback",
            webhook: nil,
            receiver: ReceiverAddress("https://x.example/?t=hunter2"),
            state: "due",
            tries: 2,
            dueAt: Samples.created,
            lastStatus: 500,
            lastError: "no",
            receiverFailingSince: nil
        )
        let deliveryJSON = try object(delivery)
        #expect(
            deliveryJSON.keys.sorted() == [
                "due_at", "event", "id", "kind", "last_error", "last_status", "receiver", "state", "tries",
            ]
        )
        #expect(deliveryJSON["receiver"] as? String == "https://x.example/?…")
        let backend = try object(Backend(name: "lab-a", url: nil, isConfigured: false, known: nil))
        #expect(backend.keys.sorted() == ["failures", "in_lab", "name", "state", "waiting"])
        #expect(backend["state"] as? String == "not configured")
        let refused = RejectedDocument(
            id: 1,
            messageID: "x",
            receivedAt: Samples.created,
            times: 1,
            bodyBytes: 2,
            problem: .invalidDocument([Fault(pointer: "/build", reason: "is missing")])
        )
        let refusedJSON = try object(refused)
        #expect(refusedJSON.keys.sorted() == ["body_bytes", "id", "message_id", "problem", "received_at", "times"])
        let result = try object(
            Samples.result(role: "server")
        )
        #expect(
            result.keys.sorted() == [
                "backend", "environment", "job_outcome", "lab_job", "measurement", "name", "position", "role",
                "start_log_line", "status", "suite", "suite_number", "units", "url",
            ]
        )
        #expect(result["url"] as? String == "http://127.0.0.1:1/scheduler/job/1#L3")
    }

    @Test("Findings of doctor are objects with level, subject, found and advice")
    func findings() throws {
        let json = try object(Finding.failed("broker", "away", advice: "start it"))
        #expect(json.keys.sorted() == ["advice", "found", "level", "subject"])
        #expect(json["level"] as? String == "FAILED")
    }
}
