// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// A whole fleet with a LAVA lab, and one whose jobs somebody else runs.
@Suite("Jobs that somebody else runs", .serialized, .timeLimit(.minutes(10)))
struct ExternalLabTests {
    private static let labs = ["lab-a", "desk"]
    private static let external = ["desk": TestFleet.LabAddress.external]

    private static let passed = ReportedResult(
        outcome: .complete,
        url: "https://ci.example.com/run/1",
        tests: [
            ResultRow(
                suite: "boot",
                suiteNumber: 1,
                name: "login",
                status: .pass,
                measurement: "1.5",
                units: "s",
                startLogLine: nil,
                endLogLine: nil
            )
        ]
    )

    /// Reports the result of the job on the desk.
    private static func report(_ fleet: TestFleet, _ jobset: UUID, _ result: ReportedResult) async throws {
        let job = try #require(try await fleet.store.jobs(of: jobset).first { $0.backend == "desk" })
        _ = try await fleet.store.reportResult(ofJob: job.id, result, externalBackends: ["desk"], by: "test")
    }

    /// One job in each lab.
    private static func publish(_ fleet: TestFleet, retries: Int? = nil) async throws -> UUID {
        try await fleet.publish(
            try fleet.document(
                [TestFleet.definition(["sim.pass": "3"]), "what: a test on a desk"],
                backends: labs,
                retries: retries
            )
        )
    }

    /// Each attempt is one job of its lab, and there is one callback.
    private static func expectOnce(_ fleet: TestFleet, _ jobset: UUID) async throws {
        #expect(try fleet.labJobsByTag().values.sorted() == [1])
        #expect(fleet.receiver.received.count == 1)
        let rows = try await fleet.postgres.query("select count(*) from external_job").map { try $0.decode(Int.self) }
        #expect(rows == [1])
        #expect(try await fleet.store.jobset(id: jobset)?.pending == 0)
    }

    private static func waitUntilHandedOut(_ fleet: TestFleet, _ jobset: UUID, attempts: Int = 1) async throws {
        try await eventually("the job on the desk to be handed out") {
            try await fleet.store.jobs(of: jobset).contains {
                $0.backend == "desk" && $0.state == .submitted && $0.attempts == attempts
            }
        }
    }

    @Test("A jobset is ready when the last result has been reported, whichever lab the others were in")
    func ready() async throws {
        try await TestFleet.with(labs: Self.labs, real: Self.external) { fleet in
            try fleet.startAll()
            let id = try await Self.publish(fleet)
            try await Self.waitUntilHandedOut(fleet, id)
            try await eventually("the job in LAVA to end") {
                try await fleet.store.jobs(of: id).contains { $0.backend == "lab-a" && $0.state == .finished }
            }
            #expect(try await fleet.store.jobset(id: id)?.state == .running)
            try await Self.report(fleet, id, Self.passed)
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.verdict == .passed && status.outcomes == ["complete": 2])
            #expect(status.tests == TestCounts(pass: 4, fail: 0, skip: 0, unknown: 0))
            let results = try await fleet.store.results(of: id, .init(position: 1))
            #expect(results.map(\.name) == ["login"] && results.map(\.measurement) == ["1.5"])
            try await fleet.waitForCallback(of: id)
            try await Self.expectOnce(fleet, id)
            let page = try await fleet.store.jobs(of: id).last?.labJobs.first?.url
            #expect(page == "https://ci.example.com/run/1")
        }
    }

    @Test("A watcher that dies with a result in hand has lost nothing, and counts nothing twice")
    func killed() async throws {
        try await TestFleet.with(labs: Self.labs, real: Self.external) { fleet in
            for role in [TestFleet.Role.ingest, .submitter, .notifier] { try fleet.start(role) }
            let id = try await Self.publish(fleet)
            try await Self.waitUntilHandedOut(fleet, id)
            try await Self.report(fleet, id, Self.passed)
            for fault in ["watcher.observed", "watcher.fetched", "watcher.stored"] {
                try await fleet.start(.watcher, fault: fault).waitUntilExit()
            }
            try fleet.start(.watcher)
            let status = try await fleet.waitUntilFinished(id)
            #expect(
                status.outcomes == ["complete": 2] && status.tests == TestCounts(pass: 4, fail: 0, skip: 0, unknown: 0)
            )
            try await fleet.waitForCallback(of: id)
            try await Self.expectOnce(fleet, id)
        }
    }

    @Test("A result that fails for its lab is followed by another attempt")
    func retried() async throws {
        try await TestFleet.with(labs: Self.labs, real: Self.external) { fleet in
            try fleet.startAll()
            let id = try await Self.publish(fleet, retries: 1)
            try await Self.waitUntilHandedOut(fleet, id)
            try await Self.report(
                fleet,
                id,
                ReportedResult(outcome: .incomplete, reason: "no space left", isInfrastructure: true)
            )
            try await Self.waitUntilHandedOut(fleet, id, attempts: 2)
            try await Self.report(fleet, id, Self.passed)
            #expect(try await fleet.waitUntilFinished(id).verdict == .passed)
        }
    }

    @Test("A canceled job ends as canceled without anybody's word, and one without a result at its limit")
    func ended() async throws {
        try await TestFleet.with(
            labs: Self.labs,
            real: Self.external,
            settings: ["backend": ["running_limit_seconds": "1"]]
        ) { fleet in
            try fleet.startAll()
            let limited = try await fleet.publish(
                try fleet.document(["what: nobody runs it"], backends: ["desk"], version: "2")
            )
            #expect(try await fleet.waitUntilFinished(limited).outcomes == ["expired": 1])
        }
        try await TestFleet.with(labs: Self.labs, real: Self.external) { fleet in
            try fleet.startAll()
            let id = try await Self.publish(fleet)
            try await Self.waitUntilHandedOut(fleet, id)
            _ = try await fleet.store.cancelJobset(id: id, reason: "superseded")
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.verdict == .canceled)
            let job = try #require(try await fleet.store.jobs(of: id).first { $0.backend == "desk" })
            #expect(job.outcome == .canceled && job.reason == "canceled: superseded")
            await #expect(throws: FleetRefusal.self) { try await Self.report(fleet, id, Self.passed) }
        }
    }
}
