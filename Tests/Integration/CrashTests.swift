// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

/// Each worker is killed, as by `kill -9`, between its transaction and its publish, between its publish and its ack,
/// and around every request that it makes. A worker of the same kind then takes over.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct CrashTests {
    /// Where a worker dies, and at which passage of the place.
    struct Place: Sendable, CustomTestStringConvertible {
        let role: TestFleet.Role
        let fault: String
        var testDescription: String { "\(role.rawValue) dies at \(fault)" }

        init(_ role: TestFleet.Role, _ fault: String) {
            self.role = role
            self.fault = fault
        }
    }

    static let places: [Place] = [
        Place(.ingest, "ingest.received"), Place(.ingest, "ingest.stored"), Place(.ingest, "ingest.published"),
        Place(.ingest, "ingest.answered"),
        Place(.submitter, "submitter.group-claimed"), Place(.submitter, "submitter.group-recorded"),
        Place(.submitter, "submitter.claimed@3"), Place(.submitter, "submitter.before-submit@3"),
        Place(.submitter, "submitter.submitted@3"), Place(.submitter, "submitter.recorded@3"),
        Place(.submitter, "submitter.finished"),
        Place(.watcher, "watcher.observed"), Place(.watcher, "watcher.announced"),
        Place(.watcher, "watcher.found"), Place(.watcher, "watcher.fetched@3"), Place(.watcher, "watcher.stored"),
        Place(.watcher, "watcher.flushed@3"),
        Place(.notifier, "notifier.before-try"), Place(.notifier, "notifier.after-try-before-record"),
    ]

    @Test("a worker that dies is made good by another", arguments: places)
    func dies(at place: Place) async throws {
        try await TestFleet.with { fleet in
            for role in TestFleet.Role.allCases where role != place.role { try fleet.start(role) }
            let doomed = try fleet.start(place.role, fault: place.fault)
            let refused = TestFleet.definition(deviceType: "no-such-type")
            let id = try await fleet.publish(
                try fleet.document(Array(repeating: TestFleet.definition(), count: 11) + [refused])
            )
            try await doomed.waitUntilExit()
            try fleet.start(place.role)
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 11, "rejected": 1])
            try await fleet.waitForCallback(of: id)
            try await fleet.expectExactlyOnce([id])
        }
    }

    @Test("a watcher that dies after it has found what is too many has it canceled by another")
    func diesAfterALook() async throws {
        try await TestFleet.with(settings: ["watcher": ["second_look_seconds": "600"]]) { fleet in
            try await fleet.order(
                #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutAfterAccept", "count": 1}"#
            )
            for role in [TestFleet.Role.ingest, .submitter, .notifier] { try fleet.start(role) }
            let id = try await fleet.publish(try fleet.document([SlowLabTests.endless]))
            try await eventually("the job to be adopted") {
                try await fleet.store.jobs(of: id).first?.labJobs.count == 1
            }
            let again = try await SlowLabTests.again(id, SlowLabTests.endless, in: fleet)
            _ = try await fleet.lab("lab-a", .POST, "/api/v0.2/jobs/", json: again)
            try await fleet.lookAgain()
            try await fleet.start(.watcher, fault: "watcher.looked").waitUntilExit()
            #expect(try await fleet.count("select count(*) from surplus_lab_job") == 1)
            try fleet.start(.watcher)
            try await eventually("the surplus to be canceled in the lab") {
                try await SlowLabTests.states(fleet) == [1: "Running Unknown", 2: "Finished Canceled"]
            }
            try await SlowLabTests.endOwn(id, in: fleet)
            try await fleet.waitForCallback(of: id)
            #expect(fleet.receiver.events.count == 1)
        }
    }

    @Test("two of each worker, all killed at random again and again, lose and repeat nothing")
    func killedAtRandom() async throws {
        try await TestFleet.with(labs: ["lab-a", "lab-b"], labOptions: ["--run-time-ms", "20"]) { fleet in
            try fleet.startAll(2)
            var ids: [UUID] = []
            for version in 0..<3 {
                ids.append(
                    try await fleet.publish(
                        try fleet.document(
                            Array(repeating: TestFleet.definition(), count: 60),
                            backends: ["lab-a", "lab-b"],
                            version: "\(version)"
                        )
                    )
                )
            }
            for _ in 0..<12 {
                let role = TestFleet.Role.allCases.randomElement() ?? .ingest
                fleet.running(role).randomElement()?.kill()
                try fleet.start(role)
                try await Task.sleep(for: .milliseconds(.random(in: 50...400)))
            }
            for id in ids {
                #expect(try await fleet.waitUntilFinished(id).outcomes == ["complete": 60])
                try await fleet.waitForCallback(of: id)
            }
            try await fleet.expectExactlyOnce(ids, labs: ["lab-a", "lab-b"])
        }
    }
}
