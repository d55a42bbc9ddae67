// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Deliveries", .timeLimit(.minutes(10)))
struct DeliveryTests {
    /// A jobset that has ended, whose deliveries are due.
    private static func ended(_ test: TestStore, callback: String? = "http://receiver.example:8080/done") async throws
        -> UUID
    {
        let id = UUID()
        let document = try TestStore.document(jobs: 0, callback: callback)
        _ = try await test.store.acceptJobset(id: id, document: document)
        return id
    }

    private static func attempt(status: Int?, error: String?) -> DeliveryTry {
        DeliveryTry(
            number: 1,
            startedAt: Date(timeIntervalSince1970: 1_700_000_000),
            duration: .milliseconds(1234),
            status: status,
            error: error,
            response: "so so"
        )
    }

    private static let lease = Duration.seconds(600)

    @Test("What is due is claimed once, by those who want its kind, the callback with where to and with what")
    func claimed() async throws {
        try await TestStore.with { test in
            let id = try await Self.ended(test)
            let claimed = try await test.store.claimDeliveries([.callback, .mail], limit: 10, lease: Self.lease)
            #expect(claimed.count == 1)
            let first = try #require(claimed.first)
            #expect(first.kind == .callback)
            #expect(first.jobsetID == id)
            #expect(first.generation == 1)
            #expect(first.event == .finished)
            #expect(first.tries == 0)
            #expect(first.callback?.url == "http://receiver.example:8080/done")
            #expect(first.callback?.headers == ["authorization": "secret"])
            #expect(try await test.store.claimDeliveries([.callback], limit: 10, lease: Self.lease).isEmpty)
            let second = try await test.store.claimDeliveries(limit: 10, lease: Self.lease)
            #expect(second.map(\.kind) == [.report])
            #expect(second.first?.callback == nil)
            #expect(try await test.store.claimDeliveries(limit: 10, lease: Self.lease).isEmpty)
        }
    }

    @Test("Notifiers that claim at once share what is due")
    func shared() async throws {
        try await TestStore.with(connections: 8) { test in
            for _ in 0..<40 { _ = try await Self.ended(test) }
            let store = test.store
            let all = try await withThrowingTaskGroup(of: [DueDelivery].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var mine: [DueDelivery] = []
                        while true {
                            let some = try await store.claimDeliveries(limit: 7, lease: Self.lease)
                            guard !some.isEmpty else { return mine }
                            mine += some
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            // One that found only rows which others were just claiming may have stopped early.
            let rest = try await test.store.claimDeliveries(limit: 100, lease: Self.lease)
            #expect(all.count + rest.count == 80)
            #expect(Set((all + rest).map(\.id)).count == 80)
        }
    }

    @Test(
        "Callbacks to a host that has enough to do are left for later, however it is spelled; reports are not",
        arguments: [
            "http://busy.example:8080/a", "http://BUSY.example:8080", "https://busy.example:8080?x=1",
            "http://busy.example:8080#part",
        ]
    )
    func busy(url: String) async throws {
        try await TestStore.with { test in
            let busy = try await Self.ended(test, callback: url)
            let idle = try await Self.ended(test, callback: "http://busy.example:8081/a")
            let hosts = ["busy.example:8080", "other.example"]
            let claimed = try await test.store.claimDeliveries(limit: 10, lease: Self.lease, busy: hosts)
            #expect(claimed.count == 3)
            #expect(claimed.filter { $0.kind == .callback }.map(\.jobsetID) == [idle])
            let later = try await test.store.claimDeliveries(limit: 10, lease: Self.lease)
            #expect(later.map(\.jobsetID) == [busy])
        }
    }

    @Test("A lease that runs out gives the delivery to the next, under the same id")
    func leaseRunsOut() async throws {
        try await TestStore.with { test in
            _ = try await Self.ended(test, callback: nil)
            let first = try await test.store.claimDeliveries(limit: 10, lease: Self.lease)
            try await test.client.execute("update delivery set claimed_until = now() - interval '1 s'")
            #expect(try await test.store.claimDeliveries(limit: 10, lease: Self.lease) == first)
        }
    }

    @Test("A failed try is written down and comes again after its pause, one try further")
    func retried() async throws {
        try await TestStore.with { test in
            let id = try await Self.ended(test, callback: nil)
            let due = try #require(try await test.store.claimDeliveries(limit: 1, lease: Self.lease).first)
            let attempt = Self.attempt(status: 503, error: "answered 503")
            try await test.store.recordTry(attempt, of: due, next: .retry(after: .seconds(600)))
            // The same again, as after an unknown commit.
            try await test.store.recordTry(attempt, of: due, next: .retry(after: .seconds(600)))
            let status = try #require(try await test.store.deliveries(of: id).first)
            #expect(status.state == "due")
            #expect(status.tries == 1)
            #expect(status.lastStatus == 503)
            #expect(status.lastError == "answered 503")
            #expect(try await test.isTrue("select due_at > now() + interval '5 min' from delivery"))
            #expect(try await test.integers("select milliseconds::bigint from delivery_try") == [1234])
            #expect(try await test.store.claimDeliveries(limit: 1, lease: Self.lease).isEmpty)

            try await test.client.execute("update delivery set due_at = now()")
            let again = try #require(try await test.store.claimDeliveries(limit: 1, lease: Self.lease).first)
            #expect(again.id == due.id)
            #expect(again.tries == 1)
        }
    }

    @Test(
        "What was taken or given up is over, and a late word of another try does not bring it back",
        arguments: [(DeliveryNext.delivered, "delivered"), (.failed, "failed")]
    )
    func over(next: DeliveryNext, state: String) async throws {
        try await TestStore.with { test in
            let id = try await Self.ended(test, callback: nil)
            let due = try #require(try await test.store.claimDeliveries(limit: 1, lease: Self.lease).first)
            try await test.store.recordTry(Self.attempt(status: 200, error: nil), of: due, next: next)
            let late = Self.attempt(status: nil, error: "no answer")
            try await test.store.recordTry(late, of: due, next: .retry(after: .zero))
            let status = try #require(try await test.store.deliveries(of: id).first)
            #expect(status.state == state)
            #expect(status.tries == 1)
            #expect(status.lastStatus == 200)
            #expect(try await test.isTrue("select ended_at is not null and claimed_until is null from delivery"))
            try await test.client.execute("update delivery set due_at = now() - interval '1 h'")
            #expect(try await test.store.claimDeliveries(limit: 1, lease: Self.lease).isEmpty)
        }
    }

    @Test("The first report of a jobset stays")
    func report() async throws {
        try await TestStore.with { test in
            let id = try await Self.ended(test, callback: nil)
            #expect(try await test.store.storedReport(jobsetID: id) == nil)
            for text in ["first", "second"] {
                try await test.store.storeReport(
                    ArchivedReport([.json: #"{"text":"\#(text)"}"#, .text: text, .html: "<p>\(text)"]),
                    of: id,
                    generation: 1
                )
            }
            let stored = try #require(try await test.store.storedReport(jobsetID: id))
            #expect(stored[.text] == "first")
            #expect(stored[.html] == "<p>first")
            #expect(stored[.junit] == nil)
            #expect(stored[.json] == #"{"text":"first"}"#)
            let page = try #require(try await test.store.storedReport(jobsetID: id, formats: [.html]))
            #expect(page.forms == [.html: "<p>first"])
            #expect(try await test.store.storedReport(jobsetID: id, formats: [.junit])?.forms == [:])
        }
    }
}
