// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

/// Jobsets through a real LAVA, as `make test-lava` brings it up.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RealLAVATests {
    private static func lava() throws -> [String: TestFleet.LabAddress] {
        [
            "lava": TestFleet.LabAddress(
                url: try TestServers.required("MUSTER_TEST_LAVA_URL"),
                token: try TestServers.required("MUSTER_TEST_LAVA_TOKEN")
            )
        ]
    }

    /// A sample of `deploy/lava-jobs`, with the place of the board's image filled in.
    private static func sample(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: try TestServers.required("MUSTER_TEST_LAVA_JOBS"))
        let text = try String(contentsOf: folder.appendingPathComponent("\(name).yaml"), encoding: .utf8)
        return text.replacing("@IMG@", with: try TestServers.required("MUSTER_TEST_LAVA_IMG"))
    }

    private static func with(_ body: @Sendable (TestFleet) async throws -> Void) async throws {
        let settings = ["backend": ["request_timeout_seconds": "20"], "submitter": ["attempt_lease_seconds": "25"]]
        try await TestFleet.with(labs: ["lava"], real: try lava(), settings: settings, body)
    }

    @Test("passing, failing, incomplete and refused jobs reach a verified callback")
    func everyKindOfJob() async throws {
        try await Self.with { fleet in
            try fleet.startAll()
            let names = ["pass", "test-failures", "incomplete", "refused-device-type", "refused-schema", "pass"]
            let id = try await fleet.publish(
                try fleet.document(try names.map(Self.sample), backends: ["lava"])
            )
            let status = try await fleet.waitUntilFinished(id, within: .seconds(180))
            #expect(status.verdict == .incomplete)
            #expect(status.outcomes == ["complete": 3, "incomplete": 1, "rejected": 2])

            let jobs = try await fleet.store.jobs(of: id)
            #expect(jobs.map(\.outcome) == [.complete, .complete, .incomplete, .rejected, .rejected, .complete])
            #expect(jobs[1].tests.fail > 0)
            #expect(jobs[2].reason?.hasPrefix("Infrastructure: ") == true)
            #expect(jobs[3].reason?.contains("is unavailable") == true)
            #expect(jobs[4].reason?.contains("required key not provided") == true)
            #expect(jobs[0].labJobs.first?.device?.isEmpty == false)

            let results = try await fleet.store.results(of: id, .init(position: 0))
            #expect(results.count == 4)
            #expect(results.allSatisfy { $0.status == .pass && $0.measurement != nil })

            try await fleet.waitForCallback(of: id)
            #expect(fleet.receiver.events.count == 1)
            let received = try #require(fleet.receiver.all.first)
            #expect(try WebhookVerifier.verifies(received))
        }
    }

    @Test(
        "a submitter killed after LAVA took a job leaves one lab job an attempt",
        arguments: [
            "submitter.before-submit@2", "submitter.submitted@2", "submitter.recorded@2",
        ]
    )
    func killedSubmitter(fault: String) async throws {
        try await Self.with { fleet in
            for role in [TestFleet.Role.ingest, .watcher, .notifier] { try fleet.start(role) }
            let doomed = try fleet.start(.submitter, fault: fault)
            let id = try await fleet.publish(
                try fleet.document(try Array(repeating: Self.sample("pass"), count: 4), backends: ["lava"])
            )
            try await doomed.waitUntilExit()
            try fleet.start(.submitter)
            #expect(try await fleet.waitUntilFinished(id, within: .seconds(180)).outcomes == ["complete": 4])
            // The lab itself says how many jobs carry the tag of each attempt.
            let attempts = try await fleet.attempts()
            #expect(attempts.count == 4)
            for attempt in attempts {
                let tag = attempt.uuidString.lowercased()
                let answer = try await fleet.lab(
                    "lava",
                    .GET,
                    "/api/v0.2/jobs/?original_definition__contains=\(tag)&ordering=id"
                )
                let page = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
                #expect(page?["count"] as? Int == 1)
            }
        }
    }
}
