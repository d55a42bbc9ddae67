// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Postgres
import Testing

/// Real workers under a schema that has become newer than they are.
@Suite("A newer schema", .serialized, .timeLimit(.minutes(10)))
struct NewerSchemaTests {
    /// The exit status after which the systemd unit of docs/operation.md does not restart a worker.
    private static let notToBeRestarted: Int32 = 78

    @Test(
        "Every worker that runs meanwhile stops by itself, and one that is started later does not run",
        arguments: [
            TestFleet.Role.ingest, .submitter, .watcher, .notifier,
        ]
    )
    func stops(_ role: TestFleet.Role) async throws {
        try await TestFleet.with(settings: ["database": ["schema_check_interval_seconds": "0.2"]]) { fleet in
            let worker = try fleet.start(role)
            try await eventually("\(role) to be at work") { worker.output.contains("starting") }
            try await fleet.postgres.execute("insert into schema_migration (version, name) values (999, 'later')")
            try await worker.waitUntilExit()
            #expect(worker.exitStatus == Self.notToBeRestarted)
            #expect(worker.output.contains("schema version 999"))
            #expect(worker.output.contains("upgrade the program"))

            let late = try fleet.start(role)
            try await late.waitUntilExit()
            #expect(late.exitStatus == Self.notToBeRestarted)
            #expect(late.output.contains("upgrade the program"))
        }
    }
}
