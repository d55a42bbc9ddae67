// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

/// A request whose client has given up may still be carried out, seconds or minutes later: by a slow server, or by what
/// stands before it. Times are about a fifteenth of the usual ones.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SlowLabTests {
    private static let settings: [String: [String: String]] = [
        "backend": ["request_timeout_seconds": "2"],
        "watcher": ["second_look_seconds": "14", "deadline_poll_seconds": "0.1"],
    ]
    /// It runs until it is told to end.
    static let endless = TestFleet.definition(["sim.run_ms": "600000", "sim.pass": "2"])

    /// A front holds the next submission for so long and delivers it then, whoever has left.
    private static func hold(_ milliseconds: Int, in fleet: TestFleet, count: Int = 1) async throws {
        try await fleet.order(
            """
            {"match": {"method": "POST", "path": "jobs/"}, "kind": "holdRequest", "delay_ms": \(milliseconds),
                "count": \(count)}
            """
        )
    }

    /// What the lab says of its jobs: state and health by number.
    static func states(_ fleet: TestFleet) async throws -> [Int: String] {
        struct List: Decodable {
            struct Row: Decodable {
                let id: Int
                let state: String
                let health: String
            }
            let results: [Row]
        }
        let text = try await fleet.lab("lab-a", .GET, "/api/v0.2/jobs/?ordering=id&limit=1000")
        let rows = try JSONDecoder().decode(List.self, from: Data(text.utf8)).results
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.id, "\($0.state) \($0.health)") })
    }

    private static func surplus(of id: UUID, in fleet: TestFleet) async throws -> [SurplusLabJob] {
        try await fleet.store.attempts(of: id, position: 0).flatMap { $0.surplusLabJobs ?? [] }
    }

    /// The lab job that counts ends, and with it the jobset, as if there had been no other.
    static func endOwn(_ id: UUID, in fleet: TestFleet) async throws {
        let job = try #require(try await fleet.store.jobs(of: id).first)
        #expect(job.state == .submitted && job.labJobs.count == 1)
        let number = try #require(job.labJobs.first?.number)
        let end = #"{"state": "Finished", "health": "Complete"}"#
        _ = try await fleet.lab("lab-a", .POST, "/simulator/jobs/\(number)", json: end)
        let status = try await fleet.waitUntilFinished(id)
        #expect(status.verdict == .passed && status.outcomes == ["complete": 1])
        #expect(status.tests.pass == 2)
    }

    @Test("A lab that has an attempt hundreds of times has all but one canceled, however many looks it takes")
    func foundManyTimes() async throws {
        var settings = Self.settings
        settings["watcher"]?["second_look_seconds"] = "600"
        let count = 450
        try await TestFleet.with(settings: settings) { fleet in
            try await fleet.order(
                #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutAfterAccept", "count": 1}"#
            )
            for role in [TestFleet.Role.ingest, .submitter, .notifier] { try fleet.start(role) }
            let id = try await fleet.publish(try fleet.document([Self.endless]))
            try await eventually("the job to be adopted") {
                try await fleet.store.jobs(of: id).first?.labJobs.count == 1
            }
            let again = try await Self.again(id, Self.endless, in: fleet)
            for _ in 1..<count { _ = try await fleet.lab("lab-a", .POST, "/api/v0.2/jobs/", json: again) }
            try await fleet.lookAgain()
            let other = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "other"))
            try fleet.start(.watcher)
            #expect(try await fleet.waitUntilFinished(other).verdict == .passed)
            try await eventually("all but one to be canceled in the lab") {
                let states = try await Self.states(fleet)
                return states.values.filter { $0 == "Finished Canceled" }.count == count - 1
            }
            #expect(try await fleet.count("select count(*) from surplus_lab_job") == count - 1)
            #expect(try await Self.surplus(of: id, in: fleet).count == SurplusLabJob.maximumShown)
            try await Self.endOwn(id, in: fleet)
            let watcher = try #require(fleet.running(.watcher).first)
            #expect(watcher.peakMemory < HostileLabTests.maximumMemory)
        }
    }

    @Test(
        "A lab that never shows its list keeps no job for ever, and takes others meanwhile",
        arguments: [403, 404, 500]
    )
    func refusedForEver(status: Int) async throws {
        var settings = Self.settings
        settings["submitter"] = ["undeliverable_after_seconds": "600", "circuit_failures": "3"]
        settings["watcher"]?["sweep_interval_seconds"] = "0.5"
        try await TestFleet.with(settings: settings) { fleet in
            try await fleet.order(
                #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutAfterAccept", "count": 1}"#
            )
            try await fleet.order(
                #"{"match": {"method": "GET", "path": "jobs/"}, "kind": "status", "status": \#(status)}"#
            )
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([Self.endless]))
            try await eventually("the look to fail again and again") {
                try await fleet.count("select coalesce(max(tries), 0)::bigint from attempt") >= 5
            }
            let lab = try #require(try await fleet.store.backendStatuses().first)
            #expect(lab.stoppedReason == nil)
            let other = try await fleet.publish(try fleet.document([Self.endless], version: "other"))
            try await eventually("the lab to have the other") {
                try await fleet.store.jobs(of: other).first?.state == .submitted
            }
            // As if it had gone on so for an hour.
            try await fleet.postgres.execute(
                """
                update job set created_at = now() - interval '1 h', waiting_since = now() - interval '1 h'
                where state = 'waiting'
                """
            )
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["undeliverable": 1])
            let reason = try #require(try await fleet.store.jobs(of: id).first?.reason)
            #expect(reason.contains("it may run in lab-a all the same: its definition there begins with"), "\(reason)")
            try await fleet.waitForCallback(of: id)
            // Once the list is there, it is found and canceled.
            _ = try await fleet.lab("lab-a", .DELETE, "/simulator/faults")
            try await eventually("the lab to have canceled it") {
                try await Self.states(fleet)[1] == "Finished Canceled"
            }
        }
    }

    @Test("A request that is carried out before the settling time is over is not sent again")
    func settled() async throws {
        try await TestFleet.with(settings: Self.settings) { fleet in
            try await Self.hold(3000, in: fleet)
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            #expect(try await fleet.waitUntilFinished(id).verdict == .passed)
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
            #expect(try await Self.surplus(of: id, in: fleet).isEmpty)
        }
    }

    @Test("One that is carried out after another was sent is canceled in the lab, and counts for nothing")
    func second() async throws {
        try await TestFleet.with(settings: Self.settings) { fleet in
            // It is sent again after 4 s.
            try await Self.hold(9000, in: fleet)
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([Self.endless]))
            try await eventually("the surplus to be canceled in the lab") {
                let states = try await Self.states(fleet)
                return states.count == 2 && states.values.contains("Finished Canceled")
            }
            try await eventually("the surplus to be known as canceled") {
                try await Self.surplus(of: id, in: fleet).map(\.health) == ["Canceled"]
            }
            try await Self.endOwn(id, in: fleet)
        }
    }

    @Test(
        "Of two requests that are held the first is adopted, though the second is still on its way, and that is canceled"
    )
    func laterOneOnItsWay() async throws {
        var settings = Self.settings
        settings["backend"] = ["request_timeout_seconds": "3"]
        try await TestFleet.with(settings: settings) { fleet in
            // The first comes while the second is held, which is sent 6 s after it; a third would be sent after 12 s.
            try await fleet.order(
                #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "holdUntilNext", "count": 1}"#
            )
            try await Self.hold(9000, in: fleet)
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([Self.endless]))
            try await eventually("the surplus to be canceled in the lab") {
                try await Self.states(fleet).values.sorted() == ["Finished Canceled", "Running Unknown"]
            }
            try await Self.endOwn(id, in: fleet)
            #expect(try await Self.surplus(of: id, in: fleet).count == 1)
        }
    }

    @Test("What a look finds twice is adopted once, also when nothing could be recorded in between")
    func foundTwice() async throws {
        try await TestFleet.with(settings: Self.settings) { fleet in
            try await fleet.order(
                #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutAfterAccept", "count": 1}"#
            )
            // While the lab's list is refused nobody can look, and nothing is sent again.
            try await fleet.order(
                #"{"match": {"method": "GET", "path": "jobs/"}, "kind": "status", "status": 503}"#
            )
            try fleet.start(.ingest)
            try fleet.start(.submitter)
            let id = try await fleet.publish(try fleet.document([Self.endless]))
            try await eventually("the lab to have it") {
                try await fleet.statistics().jobs.values.reduce(0, +) == 1
            }
            _ = try await fleet.lab(
                "lab-a",
                .POST,
                "/api/v0.2/jobs/",
                json: try await Self.again(id, Self.endless, in: fleet)
            )
            _ = try await fleet.lab("lab-a", .DELETE, "/simulator/faults")
            try await eventually("the job to be adopted") {
                try await fleet.store.jobs(of: id).first?.labJobs.count == 1
            }
            try fleet.start(.watcher)
            try fleet.start(.notifier)
            try await eventually("the surplus to be canceled in the lab") {
                try await Self.states(fleet) == [1: "Running Unknown", 2: "Finished Canceled"]
            }
            try await Self.endOwn(id, in: fleet)
        }
    }

    /// The first request comes to nothing, and what it would have made is made when no look is due any more.
    private static func deliverLate(_ definition: String, in fleet: TestFleet) async throws -> UUID {
        try await fleet.order(
            #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutBeforeAccept", "count": 1}"#
        )
        try fleet.startAll()
        let id = try await fleet.publish(try fleet.document([definition]))
        try await eventually("the last look") {
            try await fleet.postgres.query(
                "select from attempt where state <> 'submitting' and doubted_at is not null and look_due_at is null",
                idempotent: true
            ).count == 1
        }
        let again = try await Self.again(id, definition, in: fleet)
        _ = try await fleet.lab("lab-a", .POST, "/api/v0.2/jobs/", json: again)
        return id
    }

    @Test("What is carried out after the second look is found when the job ends, and canceled in the lab")
    func afterTheSecondLook() async throws {
        var settings = Self.settings
        settings["watcher"]?["second_look_seconds"] = "3"
        try await TestFleet.with(settings: settings) { fleet in
            let id = try await Self.deliverLate(Self.endless, in: fleet)
            #expect(try await Self.states(fleet).count == 2)
            try await Self.endOwn(id, in: fleet)
            try await eventually("the surplus to be canceled in the lab") {
                try await Self.states(fleet) == [1: "Finished Complete", 2: "Finished Canceled"]
            }
            let job = try #require(try await fleet.store.jobs(of: id).first)
            #expect(job.outcome == .complete && job.tests.pass == 2)
        }
    }

    @Test("The window that is left: what is carried out after the last look runs on, and counts for nothing")
    func afterTheLastLook() async throws {
        var settings = Self.settings
        settings["watcher"]?["second_look_seconds"] = "3"
        try await TestFleet.with(settings: settings) { fleet in
            let id = try await Self.deliverLate(TestFleet.definition(["sim.pass": "2"]), in: fleet)
            try await fleet.waitForCallback(of: id)
            #expect(try await Self.states(fleet).count == 2)
            #expect(try await Self.surplus(of: id, in: fleet).isEmpty)
            let status = try #require(try await fleet.store.jobset(id: id))
            #expect(status.verdict == .passed && status.tests.pass == 2)
            #expect(fleet.receiver.events.count == 1)
        }
    }

    /// A request that submits the job's attempt once more, as a front would deliver it.
    static func again(_ id: UUID, _ definition: String, in fleet: TestFleet) async throws -> String {
        let attempt = try #require(
            try await fleet.postgres.query("select id from attempt", idempotent: true).first
        ).decode(UUID.self)
        let text = "# muster: \(attempt.uuidString.lowercased())\n\(definition)"
        return String(decoding: try JSONEncoder().encode(["definition": text]), as: UTF8.self)
    }

    @Test(
        "A deadline that passes while a submission is on its way leaves nothing running, whether its answer comes or not",
        arguments: ["1", "15"]
    )
    func deadline(requestTimeout: String) async throws {
        var settings = Self.settings
        settings["backend"] = ["request_timeout_seconds": requestTimeout]
        try await TestFleet.with(settings: settings) { fleet in
            try await fleet.order(
                #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "slow", "delay_ms": 5000, "count": 1}"#
            )
            try fleet.startAll()
            var document = String(decoding: try fleet.document([Self.endless]), as: UTF8.self)
            document.replace("{\"build\"", with: "{\"timeout\": 2, \"build\"", maxReplacements: 1)
            let id = try await fleet.publish(Array(document.utf8))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["expired": 1])
            try await eventually("the lab to have canceled it") {
                try await Self.states(fleet) == [1: "Finished Canceled"]
            }
        }
    }

    @Test(
        "A job that is canceled while its submission is on its way leaves nothing running, whether its answer comes or not",
        arguments: ["1", "15"]
    )
    func canceled(requestTimeout: String) async throws {
        var settings = Self.settings
        settings["backend"] = ["request_timeout_seconds": requestTimeout]
        settings["watcher"]?["cancel_limit_seconds"] = "1"
        try await TestFleet.with(settings: settings) { fleet in
            try await fleet.order(
                #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "slow", "delay_ms": 5000, "count": 1}"#
            )
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([Self.endless]))
            try await eventually("the submission to be on its way") {
                try await fleet.count("select count(*) from attempt where state = 'submitting'") == 1
            }
            _ = try await fleet.store.cancelJobset(id: id, reason: "not wanted")
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["canceled": 1])
            try await eventually("the lab to have canceled it") {
                try await Self.states(fleet) == [1: "Finished Canceled"]
            }
            try await fleet.waitForCallback(of: id)
        }
    }

    @Test(
        "A job waits for the member that its lab hides for a while, and is incomplete where it never shows it",
        arguments: [(hidden: 3_000, outcome: "complete"), (hidden: 600_000, outcome: "incomplete")]
    )
    func hiddenMember(hidden: Int, outcome: String) async throws {
        var settings = Self.settings
        settings["watcher"]?["second_look_seconds"] = "8"
        try await TestFleet.with(settings: settings) { fleet in
            try await fleet.order(#"{"kind": "hideMember", "member": 1, "delay_ms": \#(hidden), "count": 1}"#)
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([WatchingTests.group]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == [outcome: 1])
            let job = try #require(try await fleet.store.jobs(of: id).first)
            #expect(job.labJobs.count == (outcome == "complete" ? 2 : 1))
            #expect(job.reason == (outcome == "complete" ? nil : "the lab showed 1 of the 2 jobs of the group"))
            try await fleet.waitForCallback(of: id)
        }
    }

    @Test("What a submitter has in hand and has not come to is not taken for lost")
    func inHand() async throws {
        try await TestFleet.with(
            settings: [
                "backend": ["request_timeout_seconds": "10", "concurrency": "1"],
                "submitter": ["attempt_lease_seconds": "20"],
                "watcher": ["sweep_interval_seconds": "0.3", "sweep_age_seconds": "2"],
            ]
        ) { fleet in
            try await fleet.order(
                #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "slow", "delay_ms": 1500, "count": 5}"#
            )
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document(Array(repeating: TestFleet.definition(), count: 6)))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 6])
            let watcher = try #require(fleet.running(.watcher).first)
            #expect(!watcher.output.contains("lost job message"), "\(watcher.output)")
        }
    }

    @Test("A group that was answered is recorded, though its members could not be looked at then")
    func membersLater() async throws {
        try await TestFleet.with(settings: Self.settings) { fleet in
            try await fleet.order(
                #"{"match": {"method": "GET", "path": "jobs/*/"}, "kind": "status", "status": 503, "count": 1}"#
            )
            try fleet.startAll()
            let id = try await fleet.publish(try fleet.document([WatchingTests.group]))
            #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 1])
            let job = try #require(try await fleet.store.jobs(of: id).first)
            #expect(Set(job.labJobs.compactMap(\.subID)) == ["1.0", "1.1"])
            #expect(Set(job.labJobs.compactMap(\.role)) == ["client", "server"])
            #expect(try await fleet.statistics().submissions == 1)
            #expect(try await fleet.store.attempts(of: id, position: 0).first?.tries == 0)
            try await fleet.waitForCallback(of: id)
        }
    }
}

extension TestFleet {
    /// Makes the second look at what was ever in doubt due now.
    func lookAgain() async throws {
        try await postgres.execute("update attempt set look_due_at = now() where doubted_at is not null")
    }
}
