// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Testing

@Suite("muster migrate")
struct MigrateTests {
    @Test("The first run makes the tables, the second finds them")
    func twice() async throws {
        try await TestFleet.with(isMigrated: false) { fleet in
            let first = try await fleet.muster("migrate")
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output == "upgraded the database from schema version 0 to \(FleetStore.schemaVersion)\n")
            let second = try await fleet.muster("migrate", "--output", "json")
            #expect(second.status == 0)
            #expect(second.output.contains("\"before\" : \(FleetStore.schemaVersion)"))
        }
    }

    @Test("Several at once agree: one makes the tables, the others find them")
    func concurrently() async throws {
        try await TestFleet.with(isMigrated: false) { fleet in
            let outputs = try await withThrowingTaskGroup(of: Program.Ending.self) { group in
                for _ in 0..<4 { group.addTask { try await fleet.muster("migrate") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outputs.map(\.status) == [0, 0, 0, 0], "\(outputs.map(\.errors))")
            #expect(outputs.filter { $0.output.contains("from schema version 0") }.count == 1)
        }
    }

    @Test(
        "Every verb says what to do about a database without tables",
        arguments: [
            ["ls"], ["status", "6f1c0000-0000-4000-8000-00000000002a"], ["rejected"], ["backends"],
            ["wait", "6f1c0000-0000-4000-8000-00000000002a"],
        ]
    )
    func missing(arguments: [String]) async throws {
        try await TestFleet.with(isMigrated: false) { fleet in
            let ending = try await Program(arguments: arguments, environment: fleet.environment).run()
            #expect(ending.status == 4)
            #expect(ending.errors.contains("run `muster migrate`"))
        }
    }
}
