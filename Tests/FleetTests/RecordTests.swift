// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet

@Suite("Records in JSON")
struct RecordTests {
    private static let delivery = Delivery(
        id: UUID(uuidString: "6F1C2D3E-0000-4000-8000-00000000ABCD") ?? UUID(),
        event: "finished",
        kind: "callback",
        webhook: nil,
        receiver: ReceiverAddress("https://ci.example.org/hook?token=hunter2#x"),
        state: "due",
        tries: 1,
        dueAt: Date(timeIntervalSince1970: 1_795_000_000),
        lastStatus: nil,
        lastError: nil,
        receiverFailingSince: nil
    )

    @Test("Ids are in lower case, times in seconds, keys sorted, and what may be a secret is not there")
    func written() throws {
        let text = String(decoding: try FleetJSON.bytes(Self.delivery), as: UTF8.self)
        #expect(
            text == #"{"due_at":"2026-11-18T11:06:40Z","event":"finished","id":"6f1c2d3e-0000-4000-8000-00000000abcd","#
                + #""kind":"callback","receiver":"https://ci.example.org/hook?…","state":"due","tries":1}"#
        )
    }

    @Test("An address shows itself without its query, wherever it is printed, and gives all of it when it is asked")
    func masked() {
        let address = Self.delivery.receiver
        var dumped = ""
        dump(Self.delivery, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped, "\(Self.delivery)"] {
            #expect(!text.contains("hunter2"))
        }
        #expect(address.reveal.hasSuffix("hook?token=hunter2#x"))
        #expect(ReceiverAddress("ci@example.org").masked == "ci@example.org")
    }

    @Test("Keys become properties by one rule, names in dictionaries stay as they are")
    func read() throws {
        struct Record: Codable, Equatable {
            var callbackURL: String?
            var messageID: UUID?
            var startLogLine: Int
            var url: String
            var maximumURLBytes: Int
            var labels: [String: String]
        }
        let record = Record(
            callbackURL: "u",
            messageID: Self.delivery.id,
            startLogLine: 1,
            url: "v",
            maximumURLBytes: 2,
            labels: ["snake_case_id": "x", "camelCase": "y"]
        )
        let bytes = try FleetJSON.bytes(record)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(
            object.keys.sorted() == [
                "callback_url", "labels", "maximum_url_bytes", "message_id", "start_log_line", "url",
            ]
        )
        #expect(object["message_id"] as? String == Self.delivery.id.uuidString.lowercased())
        #expect(try FleetJSON.decode(Record.self, from: bytes) == record)
    }

    @Test("The pages of a lab are filled in for a job, its attempts and what is surplus; an unknown lab has none")
    func linked() {
        let surplus = SurplusLabJob(
            number: 9,
            subID: nil,
            canceling: true,
            health: nil,
            foundAt: .now,
            endedAt: nil
        )
        let attempt = Attempt(
            number: 1,
            state: .ended,
            tries: 0,
            createdAt: .now,
            labJobs: [LabJob(number: 8)],
            surplusLabJobs: [surplus]
        )
        var job = Job(
            id: 1,
            position: 0,
            environment: "e",
            backend: "lab-a",
            state: .finished,
            tests: TestCounts(),
            attempts: 1,
            labJobs: [LabJob(number: 7)],
            attemptHistory: [attempt],
            createdAt: .now
        )
        let labs = LabAddresses(["lab-a": "https://lab.example/"])
        let linked = job.linked(labs)
        let history = linked.attemptHistory?.first
        #expect(linked.labJobs.map(\.url) == ["https://lab.example/scheduler/job/7"])
        #expect(history?.labJobs.map(\.url) == ["https://lab.example/scheduler/job/8"])
        #expect(history?.surplusLabJobs?.map(\.url) == ["https://lab.example/scheduler/job/9"])
        job.backend = "lab-z"
        #expect(job.linked(labs).labJobs.map(\.url) == [nil])
    }
}
