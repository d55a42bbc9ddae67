// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Postgres
import Testing

@Suite("Schema", .timeLimit(.minutes(3)))
struct SchemaTests {
    @Test("Migrating twice changes nothing the second time")
    func twice() async throws {
        try await TestStore.with(isMigrated: false) { test in
            #expect(try await test.store.currentSchemaVersion() == 0)
            let first = try await test.store.migrate()
            #expect(first.before == 0)
            #expect(first.after == FleetStore.schemaVersion)
            let second = try await test.store.migrate()
            #expect(second.before == FleetStore.schemaVersion)
            #expect(second.after == FleetStore.schemaVersion)
            #expect(try await test.store.currentSchemaVersion() == FleetStore.schemaVersion)
            try await test.store.requireCurrentSchema()
        }
    }

    @Test("Of eight that migrate at once one works and the others find it done")
    func together() async throws {
        try await TestStore.with(connections: 8, isMigrated: false) { test in
            let store = test.store
            let outcomes = try await withThrowingTaskGroup(of: MigrationOutcome.self) { group in
                for _ in 0..<8 { group.addTask { try await store.migrate() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0.before == 0 } == 1)
            #expect(outcomes.allSatisfy { $0.after == FleetStore.schemaVersion })
        }
    }

    @Test("A schema that is newer than the program is left alone, and the message names both versions")
    func newer() async throws {
        try await TestStore.with { test in
            try await test.client.execute("insert into schema_migration (version, name) values (99, 'later')")
            let mismatch = try await #require(throws: SchemaMismatch.self) { _ = try await test.store.migrate() }
            #expect(mismatch.found == 99)
            #expect(mismatch.wanted == FleetStore.schemaVersion)
            #expect("\(mismatch)".contains("99"))
            #expect("\(mismatch)".contains("upgrade the program"))
            await #expect(throws: mismatch) { try await test.store.requireCurrentSchema() }
        }
    }

    @Test("A database without a schema is refused with what to do")
    func missing() async throws {
        try await TestStore.with(isMigrated: false) { test in
            let mismatch = try await #require(throws: SchemaMismatch.self) {
                try await test.store.requireCurrentSchema()
            }
            #expect(mismatch.found == 0)
            #expect("\(mismatch)".contains("muster migrate"))
        }
    }
}
