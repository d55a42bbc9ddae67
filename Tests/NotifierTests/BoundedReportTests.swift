// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetStore
import Foundation
import Postgres
import Testing

@testable import Notifier

/// A jobset whose test cases can't be read: their table is locked. So it is with one that is too large, and here it does not
/// take millions of rows.
@Suite("Reports within their bounds, and callbacks before them", .timeLimit(.minutes(10)))
struct BoundedReportTests {
    /// Runs `body` while nobody can read a test case, until it has called `release` or is over.
    private static func withoutResults(
        _ fleet: TestFleet,
        _ body: @Sendable (_ release: @Sendable () -> Void) async throws -> Void
    ) async throws {
        let (locked, isLocked) = AsyncStream.makeStream(of: Void.self)
        let isOver = DispatchSemaphore(value: 0)
        let holder = Task {
            try await fleet.parts.postgres.withTransaction { sql in
                try sql.execute("lock table result in access exclusive mode")
                isLocked.yield()
                // The connection has a thread of its own.
                isOver.wait()
            }
        }
        _ = await locked.first { _ in true }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body { isOver.signal() })
        } catch {
            outcome = .failure(error)
        }
        isOver.signal()
        try await holder.value
        try outcome.get()
    }

    /// A finished jobset with a baseline, and one failed test that is counted and can't be read.
    private static func finished(_ fleet: TestFleet, callback: CallbackRequest) async throws -> UUID {
        try await fleet.finishJobset(callback: nil, isAnnounced: false)
        let id = try await fleet.finishJobset(callback: callback, isAnnounced: false)
        try await fleet.parts.postgres.execute("update job set tests_fail = 1 where jobset_id = \(id)")
        return id
    }

    @Test("The callback is out while no test case can be read, and the report says in every form what it lacks")
    func unreadable() async throws {
        try await TestFleet.with(["report_part_limit_seconds": "1"]) { fleet in
            try await CallbackReceiver.with { receiver in
                let id = try await Self.finished(fleet, callback: CallbackRequest(url: receiver.url))
                try await Self.withoutResults(fleet) { _ in
                    try await fleet.withNotifiers {
                        try await eventually("the callback is taken") { receiver.received.count == 1 }
                        #expect(try await fleet.store.storedReport(jobsetID: id) == nil)
                        try await eventually("all is over") { try await fleet.isOver(id) }
                    }
                }
                #expect(
                    try await fleet.store.deliveries(of: id).allSatisfy { $0.state == "delivered" && $0.tries == 1 }
                )
                let report = try #require(try await fleet.store.storedReport(jobsetID: id))
                let (text, html) = (try #require(report[.text]), try #require(report[.html]))
                let (junit, document) = (try #require(report[.junit]), try #require(report[.json]))
                for form in [text.replacing(/\s+/, with: " "), html, junit] {
                    #expect(form.contains("The tests could not be compared with the baseline within 1 s."))
                    #expect(form.contains("The suites could not be summed up within 1 s."))
                    #expect(form.contains("The failed tests could not all be listed within 1 s."))
                }
                #expect(junit.contains("The test cases could not all be listed within 1 s."))
                let json = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any]
                #expect((json?["baseline"] as? [String: Any])?["state"] as? String == "uncompared")
                #expect(json?["comparison"] == nil)
                let missing = try #require(json?["missing"] as? [[String: Any]])
                #expect(missing.map { $0["part"] as? String } == ["failed_tests", "suites", "comparison"])
                #expect(missing.allSatisfy { $0["reason"] as? String == "within 1 s" })
                #expect(json?["failed_tests_omitted"] as? Int == 1)
            }
        }
    }

    @Test("A template that names what only the report knows waits for it, and has it from the archive")
    func templateWaits() async throws {
        try await TestFleet.with { fleet in
            try await CallbackReceiver.with { receiver in
                var callback = CallbackRequest(url: receiver.url)
                callback.body = #"{"state": "{{baseline.state}}", "failed": [{{#failed_tests}}1{{/failed_tests}}]}"#
                try await fleet.finishJobset(callback: nil, isAnnounced: false)
                let id = try await fleet.finishJobset(callback: callback)
                try await fleet.withNotifiers {
                    try await eventually("all is over") { try await fleet.isOver(id) }
                }
                let body = try #require(receiver.received.first?.body)
                #expect(String(decoding: body, as: UTF8.self) == #"{"state": "compared", "failed": []}"#)
                #expect(try await fleet.callback(of: id)?.tries == 1)
            }
        }
    }

    @Test("It does not wait for ever: without a report in time it goes without")
    func templateGivesUp() async throws {
        let settings = ["report_part_limit_seconds": "3600", "callback_report_wait_seconds": "0.5"]
        try await TestFleet.with(settings) { fleet in
            try await CallbackReceiver.with { receiver in
                var callback = CallbackRequest(url: receiver.url)
                callback.body = #"{"state": "{{baseline.state}}", "verdict": "{{verdict}}"}"#
                let id = try await Self.finished(fleet, callback: callback)
                try await Self.withoutResults(fleet) { release in
                    try await fleet.withNotifiers {
                        try await eventually("the callback is taken") { receiver.received.count == 1 }
                        #expect(try await fleet.store.storedReport(jobsetID: id) == nil)
                        release()
                    }
                }
                let body = try #require(receiver.received.first?.body)
                #expect(String(decoding: body, as: UTF8.self) == #"{"state": "", "verdict": "passed"}"#)
            }
        }
    }

    @Test("Reports that hang take the place of no callback", arguments: [1, 16])
    func places(_ concurrency: Int) async throws {
        let settings = ["report_part_limit_seconds": "3600", "concurrency": "\(concurrency)"]
        try await TestFleet.with(settings) { fleet in
            try await CallbackReceiver.with { receiver in
                let callback = CallbackRequest(url: receiver.url)
                for _ in 0..<20 { _ = try await Self.finished(fleet, callback: callback) }
                try await Self.withoutResults(fleet) { release in
                    try await fleet.withNotifiers {
                        try await eventually("all callbacks are taken") { receiver.received.count == 20 }
                        let reports = try await fleet.parts.postgres.query(
                            "select 1 from report join jobset on id = jobset_id where callback is not null"
                        )
                        #expect(reports.isEmpty)
                        release()
                        try await eventually("all reports are made") {
                            try await fleet.parts.postgres.query("select 1 from delivery where state = 'due'").isEmpty
                        }
                    }
                }
            }
        }
    }

    @Test("A report is made once: what a crash left undone is done with the one in the archive")
    func once() async throws {
        let mail = ["url": "smtp://127.0.0.1:1", "from": "muster@example.org", "starttls": "off"]
        try await TestFleet.with(sections: ["mail": mail]) { fleet in
            let id = try await fleet.finishJobset(
                callback: nil,
                report: ReportRequest(mail: [try #require(MailAddress("me@example.org"))]),
                isAnnounced: false
            )
            let document = """
                {"jobset": {"build": "/group/project/v1", "generation": 1}, "verdict": "failed",
                 "totals": {"jobs": {"total": 2, "complete": 1, "lost": 1}, "tests": {"total": 9, "pass": 8, "fail": 1}}}
                """
            let first = ArchivedReport([.json: document, .text: "the first"])
            try await fleet.store.storeReport(first, of: id, generation: 1)
            try await Self.withoutResults(fleet) { _ in
                try await fleet.withNotifiers {
                    try await eventually("the mail is ordered") {
                        try await fleet.store.deliveries(of: id).contains { $0.kind == "mail" }
                    }
                }
            }
            #expect(try await fleet.store.storedReport(jobsetID: id)?[.text] == "the first")
            let subjects = try await fleet.parts.postgres.query("select body from delivery where kind = 'mail'")
                .map { try $0.decode(String?.self) }
            #expect(
                subjects == ["[group/project] v1: FAILED, 1 of 2 jobs missing, 1 of 9 tests failed"]
            )
        }
    }

    @Test("A report that could not be made before its jobset was sent out again is given up, and says why")
    func outdated() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.finishJobset(callback: nil, isAnnounced: false)
            try await fleet.parts.postgres.execute("update delivery set tries = 3 where kind = 'report'")
            _ = try await fleet.store.retryJobs(of: id, .all)
            try await fleet.withNotifiers {
                try await eventually("it is over") { try await fleet.isOver(id) }
            }
            let delivery = try #require(try await fleet.store.deliveries(of: id).first)
            #expect(delivery.state == "failed")
            #expect(delivery.lastError?.contains("was retried") == true)
            #expect(try await fleet.store.storedReport(jobsetID: id) == nil)
        }
    }
}

@Suite("Pieces of a report")
struct ReportPieceTests {
    @Test("Environments go together up to the size of a piece, the small ones first; a large one stands alone")
    func pieces() {
        let sizes = [("big", 900), ("a", 60), ("b", 30), ("c", 20), ("none", 0)].map {
            EnvironmentSize(environment: $0.0, tests: $0.1)
        }
        #expect(ReportPieces.of(sizes, tests: 100) == [["none", "c", "b"], ["a"], ["big"]])
        #expect(ReportPieces.of([]).isEmpty)
    }

    @Test("Kinds of deliveries have places of their own, and each kind has some")
    func counters() {
        for concurrency in [1, 2, 16, 100] {
            let counters = DeliveryCounter.all(concurrency: concurrency)
            #expect(Set(counters.flatMap(\.kinds)) == Set(DeliveryKind.allCases))
            #expect(counters.flatMap(\.kinds).count == DeliveryKind.allCases.count)
            #expect(counters.allSatisfy { $0.room.places >= 1 })
            #expect(counters.first?.kinds == [.callback])
        }
    }
}
