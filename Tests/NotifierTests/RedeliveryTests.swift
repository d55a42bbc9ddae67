// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

@testable import Notifier

@Suite("Sent again by hand, receivers that fail, and the log", .timeLimit(.minutes(10)))
struct RedeliveryTests {
    @Test("Each redelivery is another whole round under the same id, as often as anybody likes, with its history")
    func redelivered() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { _, before in
                .status(before < 9 ? 500 : 200, body: "try \(before)")
            } _: { receiver in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url))
                    try await eventually("it is given up") { try await fleet.callback(of: id)?.state == "failed" }
                    let delivery = try #require(try await fleet.callback(of: id))
                    #expect(delivery.tries == 4)
                    #expect(try await fleet.store.redeliver(.failed(ofJobset: id)) == [delivery.id])
                    try await eventually("it is given up again") { try await fleet.callback(of: id)?.tries == 8 }
                    try await eventually("that is over") { try await fleet.isOver(id) }
                    #expect(try await fleet.callback(of: id)?.state == "failed")
                    #expect(try await fleet.store.redeliver(.delivery(delivery.id)) == [delivery.id])
                    try await eventually("it is taken") { try await fleet.callback(of: id)?.state == "delivered" }
                    #expect(try await fleet.callback(of: id)?.tries == 10)
                    // What was delivered is sent again as well, when somebody wants it: the id lets a receiver drop it.
                    #expect(try await fleet.store.redeliver(.delivery(delivery.id)) == [delivery.id])
                    try await eventually("it is sent once more") { receiver.received.count == 11 }
                    try await eventually("that is over") { try await fleet.isOver(id) }
                    #expect(Set(receiver.received.map(\.id)).count == 1)
                    #expect(Set(receiver.received.map(\.body)).count == 1)
                    let tries = try #require(try await fleet.store.tries(of: delivery.id))
                    #expect(tries.map(\.number) == Array(1...11))
                    #expect(tries.map(\.status) == Array(repeating: 500, count: 9) + [200, 200])
                    #expect(tries.first?.response == "try 0")
                }
                #expect(try await fleet.store.redeliver(.delivery(UUID())) == [])
                #expect(try await fleet.store.tries(of: UUID()) == nil)
            }
        }
    }

    @Test(
        "A receiver that takes nothing is marked once, shown, given its tries all the same, and forgiven by a success"
    )
    func failing() async throws {
        try await TestFleet.with(["receiver_failing_seconds": "0"]) { fleet in
            try await CallbackReceiver.with { _, before in
                .status(before < 6 ? 503 : 200)
            } _: { receiver in
                try await fleet.withNotifiers {
                    let url = receiver.url + "?token=hunter2"
                    let id = try await fleet.finishJobset(callback: CallbackRequest(url: url))
                    try await eventually("it is given up") { try await fleet.isOver(id) }
                    try await eventually("all is noted") {
                        try await fleet.store.failingReceivers(for: .zero).first?.failures == 4
                    }
                    let failing = try #require(try await fleet.store.failingReceivers(for: .zero).first)
                    #expect(failing.receiver == "http://127.0.0.1:\(receiver.port)")
                    #expect(failing.lastError == "the receiver answered 503")
                    #expect(try await fleet.callback(of: id)?.receiverFailingSince != nil)
                    #expect(try await fleet.store.failingReceivers(for: .seconds(3_600)).isEmpty)
                    let said = try await fleet.store.noteFailure(of: failing.receiver, error: "x", limit: .zero)
                    #expect(said == nil, "it was said before")
                    let second = try await fleet.finishJobset(callback: CallbackRequest(url: url))
                    try await eventually("it is taken") { try await fleet.isOver(second) }
                    #expect(try await fleet.callback(of: second)?.state == "delivered")
                    try await eventually("it is forgiven") {
                        try await fleet.store.failingReceivers(for: .zero).isEmpty
                    }
                    #expect(try await fleet.callback(of: id)?.receiverFailingSince == nil)
                }
            }
        }
    }

    @Test("Tries of what is over are removed after their time, a few at a time; those of what is due stay")
    func log() async throws {
        try await TestFleet.with(["log_kept_seconds": "86400", "retry_schedule_seconds": "[0.05, 3600]"]) { fleet in
            try await CallbackReceiver.with { callback, _ in
                .status(callback.path.hasSuffix("down") ? 500 : 200)
            } _: { receiver in
                try await fleet.withNotifiers {
                    let over = try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url))
                    let due = try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url + "/down"))
                    try await eventually("one is over") { try await fleet.isOver(over) }
                    try await eventually("the other was tried twice") {
                        try await fleet.callback(of: due)?.tries == 2
                    }
                    // A callback waits for no report.
                    try await eventually("the other's report is there") {
                        try await fleet.store.deliveries(of: due).contains { $0.kind == "report" && $0.state != "due" }
                    }
                    let delivered = try #require(try await fleet.callback(of: over))
                    let waiting = try #require(try await fleet.callback(of: due))
                    #expect(try await fleet.store.removeTries(olderThan: .seconds(86_400), limit: 10) == 0)
                    #expect(try await fleet.store.removeTries(olderThan: .seconds(-60), limit: 1) == 1)
                    // Both reports' tries and the callback's were three.
                    #expect(try await fleet.store.removeTries(olderThan: .seconds(-60), limit: 10) == 2)
                    #expect(try await fleet.store.tries(of: delivered.id) == [])
                    #expect(try await fleet.store.tries(of: waiting.id)?.count == 2)
                    #expect(try await fleet.callback(of: over)?.tries == 1)
                }
            }
        }
    }

    @Test("The upkeep removes old tries by itself")
    func upkeep() async throws {
        try await TestFleet.with(["log_kept_seconds": "1", "upkeep_interval_seconds": "0.1"]) { fleet in
            try await fleet.withNotifiers {
                let id = try await fleet.finishJobset(callback: nil)
                try await eventually("it is over") { try await fleet.isOver(id) }
                let report = try #require(try await fleet.store.deliveries(of: id).first)
                try await eventually("its try is gone") { try await fleet.store.tries(of: report.id) == [] }
            }
        }
    }
}
