// SPDX-License-Identifier: Apache-2.0

import Fleet
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

    @Test("What a later release only adds stops nobody, and workers start on it")
    func expanded() async throws {
        try await TestFleet.with(settings: ["database": ["schema_check_interval_seconds": "0.2"]]) { fleet in
            try fleet.startAll()
            try await fleet.waitUntilAtWork()
            try await fleet.postgres.execute(
                "insert into schema_migration (version, name, is_expansion) values (999, 'later', true)"
            )
            let first = try await fleet.publish(try fleet.document([TestFleet.definition()]))
            #expect(try await fleet.waitUntilFinished(first).outcomes == ["complete": 1])
            for worker in fleet.running {
                worker.terminate()
                try await worker.waitUntilExit()
                #expect(worker.exitStatus == 0, "\(worker.name): \(worker.output)")
            }
            try fleet.startAll()
            let second = try await fleet.publish(try fleet.document([TestFleet.definition()], version: "2"))
            #expect(try await fleet.waitUntilFinished(second).outcomes == ["complete": 1])

            // The workers of this release are told to leave when what they use is removed.
            try await fleet.postgres.execute("update schema_migration set contracted_at = now() where version = 999")
            for worker in fleet.running {
                try await worker.waitUntilExit()
                #expect(worker.exitStatus == Self.notToBeRestarted)
            }
        }
    }
}
