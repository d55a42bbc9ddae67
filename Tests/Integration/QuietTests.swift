// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

/// Builds that are submitted the way of SQUAD, and never sealed.
@Suite(.timeLimit(.minutes(10)))
struct QuietTests {
    @Test(
        "A build in which nothing happens any more is sealed by the watchers, whichever of them lives, and calls back"
    )
    func quiet() async throws {
        let settings = ["watcher": ["squad_quiet_seconds": "2", "sweep_interval_seconds": "0.5"]]
        try await TestFleet.with(labOptions: EventTests.running, settings: settings) { fleet in
            try fleet.startAll()
            let build = try await fleet.store.squadBuild(try #require(Build("/group/project/1")))
            let document: [String: Any] = [
                "build": "/group/project/1", "jobs": [], "open": true, "callback_url": fleet.receiver.url,
            ]
            let id = try await fleet.publish(
                Array(try JSONSerialization.data(withJSONObject: document)),
                id: build.jobset
            )
            try await eventually("the jobset to be there") { try await fleet.store.jobset(id: id) != nil }
            for _ in 0..<3 {
                let job = JobEntry(environment: "e", backend: "lab-a", definition: TestFleet.definition())
                _ = try await fleet.store.addJobs(id: UUID(), addition: JobsetAddition(jobsetID: id, jobs: [job]))
            }
            try await eventually("its jobs to end") { try await fleet.store.jobset(id: id)?.pending == 0 }
            // What a watcher would know alone is lost with it.
            for watcher in fleet.running(.watcher) { watcher.kill() }
            try fleet.start(.watcher)
            let status = try await fleet.waitUntilFinished(id)
            #expect(status.outcomes == ["complete": 3])
            #expect(status.sealedReason == "quiet: no job came in or ended for 2 s")
            try await fleet.waitForCallback(of: id)
        }
    }
}
