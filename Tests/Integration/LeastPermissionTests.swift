// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetStore
import Testing

@Suite("The least permissions", .timeLimit(.minutes(10)))
struct LeastPermissionTests {
    @Test(
        "A fleet whose user is permitted what docs/operation.md says runs a jobset, with events, retries and an answer"
    )
    func jobset() async throws {
        let settings: TestFleet.Settings = ["events": ["enabled": "true", "poll_interval_seconds": "0.1"]]
        try await TestFleet.with(labs: ["lab-a", "lab-b"], settings: settings) { fleet in
            let least = BrokerPermissions(prefix: fleet.name)
            try await TestServers.withBrokerUser(
                configure: least.configure,
                write: least.write,
                read: least.read
            ) { url in
                try fleet.detour(broker: url)
                try fleet.startAll()
                let id = try await fleet.publish(
                    try fleet.document(
                        [TestFleet.definition(["sim.pass": "3"]), TestFleet.definition(deviceType: "no-such-type")],
                        backends: ["lab-a", "lab-b"]
                    )
                )
                let status = try await fleet.waitUntilFinished(id)
                #expect(status.outcomes == ["complete": 1, "rejected": 1])
                try await fleet.waitForCallback(of: id)
                try await fleet.expectExactlyOnce([id], labs: ["lab-a", "lab-b"])
                let doctor = try fleet.launch("muster", arguments: ["doctor"])
                try await doctor.waitUntilExit()
                #expect(doctor.output.contains("is permitted all that the workers do"), "\(doctor.output)")
                #expect(doctor.output.contains("exchange \(fleet.topology.events)"), "\(doctor.output)")
                try await fleet.stopAll()
            }
        }
    }
}
