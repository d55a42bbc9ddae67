// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

/// Whole fleets that push into a real SQUAD, as `make test-squad` brings it up.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RealSQUAD {
    /// What SQUAD needs more time for than a receiver of callbacks.
    private static let notifier = ["squad_timeout_seconds": "60", "squad_tests_per_run": "100"]

    private static func with(
        _ projects: [String: String],
        notifier: [String: String] = [:],
        _ body: @Sendable (TestFleet) async throws -> Void
    ) async throws {
        let settings = ["projects": projects, "notifier": Self.notifier.merging(notifier) { $1 }]
        try await TestFleet.with(settings: settings, body)
    }

    private static func push(of id: UUID, in fleet: TestFleet) async throws -> Delivery {
        try await eventually("the push of \(id) to end") {
            try await fleet.store.deliveries(of: id).contains { $0.kind == "squad" && $0.state != "due" }
        }
        return try #require(try await fleet.store.deliveries(of: id).first { $0.kind == "squad" })
    }

    @Test("what every kind of job found is in SQUAD once the jobset has ended, each a test run of its own")
    func everyKindOfJob() async throws {
        let squad = try RealSQUADProject()
        try await Self.with(squad.settings()) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(
                try fleet.document(
                    [
                        TestFleet.definition(["sim.pass": "2", "sim.fail": "1", "sim.skip": "1", "sim.suite": "ltp"]),
                        TestFleet.definition([
                            "sim.health": "incomplete", "sim.error_type": "Infrastructure",
                            "sim.error_msg": "the board is gone",
                        ]),
                        TestFleet.definition(deviceType: "no-such-type"),
                    ],
                    version: fleet.name
                )
            )
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.verdict == .failed)
            let push = try await Self.push(of: id, in: fleet)
            #expect(push.state == "delivered")
            #expect(push.receiver.reveal == "\(squad.url)/\(squad.path)/")

            let runs = try await squad.runs(of: fleet.name)
            #expect(runs.count == 3)
            let jobs = try await fleet.store.jobs(of: id)
            let number = try #require(jobs[0].labJobs.first?.number)
            let passed = try #require(runs["lab-a.\(number)"])
            #expect(passed.environment == "env-0")
            #expect(passed.jobStatus == "Complete")
            #expect(passed.jobURL?.hasSuffix("/scheduler/job/\(number)") == true)
            let results = try await fleet.store.results(of: id, ResultFilter(position: 0))
            let wanted = results.map { ("\($0.suite)/\($0.name)", $0.status.rawValue) }
            #expect(passed.tests == Dictionary(wanted) { $1 })
            #expect(passed.tests.values.sorted() == ["fail", "pass", "pass", "skip"])
            let measured = results.filter { $0.measurement != nil }
            #expect(!measured.isEmpty)
            #expect(Set(passed.metrics.keys) == Set(measured.map { "\($0.suite)/\($0.name)" }))
            #expect(passed.metrics.values.allSatisfy { $0 == "ms" })

            let broken = try #require(runs.values.first { $0.jobStatus == "Incomplete" })
            #expect(broken.metadata["error_msg"]?.contains("the board is gone") == true)
            let rejected = try #require(runs["\(id.uuidString.lowercased()).2.1"])
            #expect(rejected.jobStatus == "Rejected")
            #expect(rejected.metadata["error_msg"]?.contains("no-such-type") == true)
        }
    }

    @Test("a job with more results than go into one test run has several, and nothing is lost")
    func manyResults() async throws {
        let squad = try RealSQUADProject()
        try await Self.with(squad.settings()) { fleet in
            try fleet.startAll()
            let jobs = [TestFleet.definition(["sim.pass": "245", "sim.fail": "5"])]
            let id = try await fleet.publish(try fleet.document(jobs, version: fleet.name))
            _ = try await fleet.waitUntilFinished(id)
            #expect(try await Self.push(of: id, in: fleet).state == "delivered")
            let runs = try await squad.runs(of: fleet.name)
            #expect(runs.values.map(\.tests.count).sorted() == [50, 100, 100])
            #expect(runs.values.flatMap(\.tests.values).filter { $0 == "fail" }.count == 5)
        }
    }

    @Test("a notifier that dies after SQUAD took a test run pushes nothing twice")
    func death() async throws {
        let squad = try RealSQUADProject()
        try await Self.with(squad.settings(), notifier: ["squad_timeout_seconds": "5"]) { fleet in
            for role in [TestFleet.Role.ingest, .submitter, .watcher] { try fleet.start(role) }
            let jobs = Array(repeating: TestFleet.definition(["sim.pass": "3"]), count: 4)
            let id = try await fleet.publish(try fleet.document(jobs, version: fleet.name))
            _ = try await fleet.waitUntilFinished(id)
            let first = try fleet.start(.notifier, fault: "notifier.squad-submitted@2")
            try await first.waitUntilExit()
            #expect(try await squad.runs(of: fleet.name).count == 2)
            try fleet.start(.notifier)
            #expect(try await Self.push(of: id, in: fleet).state == "delivered")
            let runs = try await squad.runs(of: fleet.name)
            #expect(runs.count == 4)
            #expect(runs.values.allSatisfy { $0.tests.count == 3 })
        }
    }

    @Test("a jobset that is sent out again pushes what its new attempts found, beside the old")
    func retried() async throws {
        let squad = try RealSQUADProject()
        try await Self.with(squad.settings()) { fleet in
            try fleet.startAll()
            let jobs = [
                TestFleet.definition(["sim.pass": "1"]),
                TestFleet.definition(["sim.pass": "1", "sim.fail_first": "1"], name: "flaky-\(fleet.name)"),
            ]
            let id = try await fleet.publish(try fleet.document(jobs, version: fleet.name))
            _ = try await fleet.waitUntilFinished(id)
            // The callback's body must be made before there can be another end.
            try await fleet.waitForCallback(of: id)
            #expect(try await squad.runs(of: fleet.name).count == 2)
            _ = try await fleet.store.retryJobs(of: id, .failed)
            try await eventually("the second push") {
                try await fleet.store.deliveries(of: id).filter { $0.kind == "squad" && $0.state == "delivered" }.count
                    == 2
            }
            // The job that had passed is in SQUAD once, the other once an attempt.
            let statuses = try await squad.runs(of: fleet.name).values.compactMap(\.jobStatus).sorted()
            #expect(statuses == ["Complete", "Complete", "Incomplete"])
        }
    }

    @Test("a token without the right and a project that is not there are told in SQUAD's words, and given up in time")
    func refused() async throws {
        let squad = try RealSQUADProject()
        let wrong = [
            (squad.settings(token: squad.plainToken), 403, "User needs permission to submit results."),
            (squad.settings(path: "muster/no-such-project"), 404, "No Project matches"),
        ]
        for (projects, status, words) in wrong {
            try await Self.with(projects, notifier: ["retry_schedule_seconds": "[0.2, 0.2]"]) { fleet in
                try fleet.startAll()
                let id = try await fleet.publish(
                    try fleet.document([TestFleet.definition(["sim.pass": "1"])], version: fleet.name)
                )
                let push = try await Self.push(of: id, in: fleet)
                #expect(push.state == "failed")
                #expect(push.tries == 3)
                #expect(push.lastStatus == status)
                #expect(push.lastError?.contains(words) == true)
                #expect(try await squad.runs(of: fleet.name).isEmpty)
            }
        }
    }

    @Test("a SQUAD that is down gets everything once it is back, and the callback does not wait for it")
    func down() async throws {
        let squad = try RealSQUADProject()
        let proxy = try TestProxy(to: squad.url)
        defer { proxy.close() }
        proxy.cutAll(andRefuse: true)
        // So many tries that a busy machine does not run out of them.
        let schedule = "[" + Array(repeating: "0.5", count: 240).joined(separator: ", ") + "]"
        let projects = squad.settings(url: try proxy.instead(of: squad.url))
        try await Self.with(projects, notifier: ["retry_schedule_seconds": schedule]) { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(
                try fleet.document([TestFleet.definition(["sim.pass": "1"])], version: fleet.name)
            )
            try await eventually("a try that failed, and the callback") {
                let deliveries = try await fleet.store.deliveries(of: id)
                return deliveries.contains { $0.kind == "squad" && $0.lastError != nil }
                    && deliveries.contains { $0.kind == "callback" && $0.state == "delivered" }
            }
            proxy.letThrough()
            #expect(try await Self.push(of: id, in: fleet).state == "delivered")
            #expect(try await squad.runs(of: fleet.name).count == 1)
        }
    }
}
