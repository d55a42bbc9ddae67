// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

/// A lab that answers, and says odd things, or not all: every job comes to an end all the same.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct OddAnswerTests {
    private static let polled = ["--run-time-ms", "300"]

    private func row(_ name: String, _ more: String = "") -> String {
        #"{\"name\":\"\#(name)\",\"result\":\"pass\",\"suite\":1,\"metadata\":\"definition: s\\n\"\#(more)}"#
    }

    /// An order to answer every request for the results of lab job 1 so.
    private func results(_ count: String, _ rows: [String]) -> String {
        let body = #"{\"count\":\#(count),\"next\":null,\"results\":[\#(rows.joined(separator: ","))]}"#
        return
            #"{"match": {"path": "jobs/1/tests/"}, "kind": "status", "status": 200, "content_type": "application/json", "body": "\#(body)"}"#
    }

    @Test(
        "Results that a lab refuses, of one job, end that job with the reason and no other",
        arguments: [401, 403, 404, 429]
    )
    func refusedResults(status: Int) async throws {
        try await TestFleet.with(labOptions: Self.polled) { fleet in
            try await fleet.order(
                #"{"match": {"path": "jobs/1/tests/"}, "kind": "status", "status": \#(status)}"#
            )
            try fleet.startAll()
            let id = try await fleet.publish(
                try fleet.document([TestFleet.definition(), TestFleet.definition(), TestFleet.definition()])
            )
            try await eventually("the others to end, and the one to be tried") {
                guard try await fleet.store.jobset(id: id)?.pending == 1 else { return false }
                return try await fleet.count("select count(*) from lab_job where fetch_tries > 0") == 1
            }
            // As if it had gone on so for an hour.
            try await fleet.postgres.execute(
                """
                update lab_job set fetch_tries = 50, checked_at = now() - interval '1 hour', fetch_due_at = now()
                where state = 'finished'
                """
            )
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 2, "incomplete": 1])
            let reason = try await fleet.store.jobs(of: id).compactMap(\.reason).first
            #expect(
                reason?.hasPrefix("the results of lab job 1 could not be fetched: The lab ") == true,
                "\(reason ?? "")"
            )
            try await fleet.waitForCallback(of: id)
        }
    }

    @Test("A result that makes no sense is counted and named, and the others are kept")
    func oddRow() async throws {
        try await TestFleet.with(labOptions: Self.polled) { fleet in
            try await fleet.order(
                results(
                    "4",
                    [row("a"), row("b", #",\"measurement\":7.5"#), row("c"), #"{\"name\":[],\"result\":\"pass\"}"#]
                )
            )
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["incomplete": 1] && status.tests.pass == 3)
            let reason = try await fleet.store.jobs(of: id).first?.reason
            #expect(reason == "1 result of lab job 1 could not be read: \"name\" has another type")
            #expect(try await fleet.count("select count(*) from result where measurement = 7.5") == 1)
            try await fleet.waitForCallback(of: id)
        }
    }

    @Test(
        "Whatever a lab counts, the watcher lives and the job ends",
        arguments: ["-9223372036854775808", "9223372036854775807", "1e400", "\\\"x\\\"", "null", "-1"]
    )
    func oddCount(count: String) async throws {
        try await TestFleet.with(
            labOptions: Self.polled,
            settings: ["watcher": ["maximum_results_per_job": "3"]]
        ) { fleet in
            try await fleet.order(results(count, (1...5).map { row("case-\($0)") }))
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])
            #expect(try await fleet.count("select results_left_out::bigint from lab_job") >= 2)
            #expect(fleet.running(.watcher).count == 1)
        }
    }

    @Test("A lab that refuses its list of jobs is asked for one at a time, and people are told", arguments: [403, 404])
    func refusedList(status: Int) async throws {
        try await TestFleet.with(
            labOptions: Self.polled,
            settings: ["watcher": ["reconcile_interval_seconds": "3600", "event_absent_retry_seconds": "3600"]]
        ) { fleet in
            try fleet.reconfigure("lab-a") { $0.eventsURL = "ws://127.0.0.1:1/" }
            try await fleet.order(
                #"{"match": {"method": "GET", "path": "jobs/"}, "kind": "status", "status": \#(status)}"#
            )
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 5)))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 5])
            let lab = try #require(try await fleet.store.backendStatuses().first)
            #expect(lab.lastError?.contains("refuses its list of jobs") == true, "\(lab.lastError ?? "")")
        }
    }

    @Test("A lab that does not know us any more loses no job, whatever it refuses")
    func forgotten() async throws {
        try await TestFleet.with(labOptions: ["--run-time-ms", "3000"]) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the job to be in the lab") {
                try await fleet.store.backendStatuses().first?.inLab == 1
            }
            try await fleet.order(#"{"match": {"method": "GET"}, "kind": "status", "status": 403}"#)
            // Longer than it takes to lose a job that the lab does not know.
            try await eventually("many refusals") {
                try await fleet.statistics()["GET /api/v0.2/system/whoami"] >= 20
            }
            #expect(try await fleet.store.jobset(id: id)?.state == .running)
            _ = try await fleet.lab("lab-a", .DELETE, "/simulator/faults")
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])
        }
    }

    @Test("A job that its lab shows in a way that can't be read is neither lost nor in the way of others")
    func unreadableRow() async throws {
        try await TestFleet.with(labOptions: ["--run-time-ms", "1000"]) { fleet in
            try fleet.reconfigure("lab-a") { $0.eventsURL = "ws://127.0.0.1:1/" }
            let odd = #"{\"id\":\"1\",\"state\":\"Running\",\"health\":\"Unknown\"}"#
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            try await eventually("the job to be in the lab") {
                try await fleet.store.backendStatuses().first?.inLab == 1
            }
            let type = #""kind": "status", "status": 200, "content_type": "application/json""#
            try await fleet.order(
                #"{"match": {"method": "GET", "path": "jobs/"}, \#(type), "body": "{\"count\":1,\"next\":null,\"results\":[\#(odd)]}"}"#
            )
            try await fleet.order(#"{"match": {"method": "GET", "path": "jobs/1/"}, \#(type), "body": "\#(odd)"}"#)
            // Longer than it takes to lose a job that the lab does not know.
            try await eventually("many looks at it alone") {
                try await fleet.statistics().looks >= 3
            }
            #expect(try await fleet.count("select count(*) from lab_job where missing_since is null") == 1)
            #expect(try await fleet.store.jobset(id: id)?.state == .running)
            _ = try await fleet.lab("lab-a", .DELETE, "/simulator/faults")
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])
        }
    }

    @Test("A lab's clock that was ahead does not keep polls from seeing what ends")
    func clockAhead() async throws {
        try await TestFleet.with(
            labOptions: Self.polled,
            settings: ["watcher": ["reconcile_interval_seconds": "3600", "event_absent_retry_seconds": "3600"]]
        ) { fleet in
            try fleet.reconfigure("lab-a") { $0.eventsURL = "ws://127.0.0.1:1/" }
            try await fleet.postgres.execute("update backend set seen_until = now() + interval '1 day'")
            let row =
                #"{\"id\":1,\"state\":\"Finished\",\"health\":\"Complete\",\"end_time\":\"2099-01-01T00:00:00Z\"}"#
            let body = #"{\"count\":1,\"next\":null,\"results\":[\#(row)]}"#
            try await fleet.order(
                #"{"match": {"method": "GET", "path": "jobs/"}, "kind": "status", "status": 200, "content_type": "application/json", "count": 3, "body": "\#(body)"}"#
            )
            try fleet.startAll()
            for version in ["1", "2"] {
                let id = try await fleet.publish(
                    try fleet.document([TestFleet.definition(), TestFleet.definition()], version: version)
                )
                #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 2])
            }
            #expect(
                try await fleet.count("select count(*) from backend where seen_until > now() + interval '5 seconds'")
                    == 0
            )
        }
    }

    @Test(
        "However a lab spoils its answers, the watcher lives within bounds, and another lab's jobs go on",
        arguments: [
            ("manyRows", 100_000), ("longNames", 20_000), ("aliasKeyBomb", 14), ("hugeNumbers", 1), ("wrongTypes", 1),
            ("endlessBody", 1), ("garbled", 50),
        ]
    )
    func malice(mode: String, size: Int) async throws {
        try await TestFleet.with(labs: ["lab-a", "lab-b"], labOptions: Self.polled) { fleet in
            for path in ["jobs/*/tests/", "jobs/"] {
                try await fleet.order(
                    #"{"match": {"method": "GET", "path": "\#(path)"}, "kind": "malice", "mode": "\#(mode)", "size": \#(size)}"#
                )
            }
            try fleet.startAll()
            _ = try await fleet.publish(
                try fleet.document(Array(repeating: TestFleet.definition(), count: 8), version: "spoilt")
            )
            try await eventually("the lab to be asked") {
                let statistics = try await fleet.statistics()
                return statistics.fetches + statistics["GET /api/v0.2/jobs"] >= 5
            }
            let good = try await fleet.publish(
                try fleet.document(
                    Array(repeating: TestFleet.definition(), count: 5),
                    backends: ["lab-b"],
                    version: "good"
                )
            )
            #expect(try await fleet.waitUntilFinished(good).outcomes == ["complete": 5])
            let watcher = try #require(fleet.running(.watcher).first)
            #expect(watcher.peakMemory < 250 << 20)
        }
    }

    @Test("A lab that is only slow fails no fetch, however long their line is")
    func slow() async throws {
        try await TestFleet.with(
            labOptions: ["--run-time-ms", "100", "--devices", "sim=50"],
            settings: ["backend": ["request_timeout_seconds": "6", "concurrency": "2"]]
        ) { fleet in
            try await fleet.order(#"{"match": {"path": "jobs/*/tests/"}, "kind": "slow", "delay_ms": 1000}"#)
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 40)))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 40])
            #expect(try await fleet.count("select count(*) from lab_job where fetch_tries > 0") == 0)
            #expect(try await fleet.statistics().fetches == 40)
            let lab = try #require(try await fleet.store.backendStatuses().first)
            #expect(lab.lastError == nil)
        }
    }
}

extension TestFleet {
    /// The one number that a question to the database has for an answer.
    func count(_ question: PostgresStatement) async throws -> Int {
        try #require(try await postgres.query(question, idempotent: true).first).decode(Int.self)
    }
}
