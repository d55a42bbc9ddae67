// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetStore
import Foundation
import Testing

@testable import Notifier

@Suite("What is told of a canceled jobset", .timeLimit(.minutes(10)))
struct CanceledTests {
    @Test("It is called back like every other, and says that it was canceled, why, and how many of its jobs were")
    func canceled() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { receiver in
                try await fleet.withNotifiers {
                    let id = UUID()
                    let entry = JobEntry(environment: "qemu", backend: "lab-a", definition: "job_name: test")
                    let document = JobsetDocument(
                        build: try #require(Build("/group/project/v1")),
                        callback: CallbackRequest(url: receiver.url, headers: [:]),
                        jobs: [entry, entry],
                        labels: [:]
                    )
                    _ = try await fleet.store.acceptJobset(id: id, document: document)
                    let cancellation = try await fleet.store.cancelJobset(id: id, reason: "superseded (eve)")
                    _ = try await fleet.parts.publisher.announce(cancellation)
                    try await eventually("both deliveries are over") { try await fleet.isOver(id) }
                    try expectCanceled(try #require(receiver.received.first).body)
                    let text = try #require(try await fleet.store.storedReport(jobsetID: id)?[.text])
                    #expect(text.hasPrefix("/group/project/v1: CANCELED\n"))
                    #expect(text.contains(": superseded (eve)\n"))
                }
            }
        }
    }

    private func expectCanceled(_ body: [UInt8]) throws {
        let event = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        let data = try #require(event["data"] as? [String: Any])
        #expect(data["verdict"] as? String == "canceled")
        #expect((data["outcomes"] as? [String: Int])?["canceled"] == 2)
        #expect(data["canceled_reason"] as? String == "superseded (eve)")
        #expect(data["canceled_at"] is String)
        #expect(data["retried_jobs"] as? Int == 0)
        let jobs = try #require(data["jobs"] as? [[String: Any]])
        #expect(jobs.map { $0["reason"] as? String } == ["canceled: superseded (eve)", "canceled: superseded (eve)"])
    }
}
