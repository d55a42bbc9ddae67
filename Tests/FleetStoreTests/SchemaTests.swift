// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Postgres
import Testing

@testable import FleetStore

@Suite("Schema", .timeLimit(.minutes(10)))
struct SchemaTests {
    @Test("Migrating twice changes nothing the second time")
    func twice() async throws {
        try await TestStore.with(isMigrated: false) { test in
            #expect(try await test.store.schemaState().version == 0)
            let first = try await test.store.migrate()
            #expect(first.before == 0)
            #expect(first.after == FleetStore.schemaVersion)
            let second = try await test.store.migrate()
            #expect(second.before == FleetStore.schemaVersion)
            #expect(second.after == FleetStore.schemaVersion)
            #expect(try await test.store.schemaState().version == FleetStore.schemaVersion)
            try await test.store.requireSuitableSchema()
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
            await #expect(throws: mismatch) { try await test.store.requireSuitableSchema() }
        }
    }

    @Test("A database without a schema is refused with what to do")
    func missing() async throws {
        try await TestStore.with(isMigrated: false) { test in
            let mismatch = try await #require(throws: SchemaMismatch.self) {
                try await test.store.requireSuitableSchema()
            }
            #expect(mismatch.found == 0)
            #expect("\(mismatch)".contains("muster migrate"))
        }
    }

    @Test("Who migrates waits for another that does, for longer than statements and locks may take otherwise")
    func waits() async throws {
        try await TestStore.with(isMigrated: false, timeout: .milliseconds(500)) { test in
            async let other: Void = test.client.withTransaction { sql in
                try sql.setStatementTimeout(.seconds(60))
                // Other tests migrate as well, and all take their turns by one lock.
                try sql.execute("set local lock_timeout = '60s'")
                try sql.execute("select pg_advisory_xact_lock(hashtext('muster'), hashtext('migrate'))")
                try sql.execute("select pg_sleep(2)")
            }
            try await eventually("the other to have begun") { try await Self.isSleeping(test) }
            let outcome = try await test.store.migrate()
            #expect(outcome.after == FleetStore.schemaVersion)
            try await other
        }
    }

    @Test("A table that nobody lets go of ends the migration with what to do, and leaves the schema as it was")
    func inUse() async throws {
        try await TestStore.with(timeout: .seconds(1)) { test in
            // Other tests migrate as well, and all take their turns by one lock: so it is held until the error has come.
            let reader = Task {
                try await test.client.withTransaction(idempotent: false) { sql in
                    try sql.setStatementTimeout(.seconds(600))
                    try sql.execute("set local lock_timeout = '60s'")
                    try sql.execute("lock table schema_migration in access exclusive mode")
                    try sql.execute("select pg_sleep(600)")
                }
            }
            try await eventually("the table to be locked") { try await Self.isSleeping(test) }
            let error = try await #require(throws: SchemaInUse.self) { _ = try await test.store.migrate() }
            #expect("\(error)".contains("in use by another session each of the 20 times"))
            #expect("\(error)".contains("muster migrate"))
            try await test.client.execute(
                """
                select pg_cancel_backend(pid) from pg_stat_activity
                where application_name = \(test.name) and wait_event = 'PgSleep'
                """
            )
            await #expect(throws: PostgresError.self) { try await reader.value }
            #expect(try await test.store.migrate().before == FleetStore.schemaVersion)
        }
    }

    /// Whether a connection of this test's sleeps in its transaction.
    private static func isSleeping(_ test: TestStore) async throws -> Bool {
        try await !test.client.query(
            "select from pg_stat_activity where application_name = \(test.name) and wait_event = 'PgSleep'"
        ).isEmpty
    }

    @Test("A report that had a column for each format has a row for each afterwards")
    func reportForms() async throws {
        try await TestStore.with(isMigrated: false) { test in
            let jobset = UUID()
            try await test.client.withTransaction { sql in
                for migration in Migration.all.prefix(15) { try sql.executeScript(migration.sql) }
                try sql.execute(
                    """
                    insert into jobset (id, digest, build_group, build_project, build_version, total, pending)
                    values (\(jobset), '', 'g', 'p', '1', 1, 1)
                    """
                )
                try sql.execute(
                    """
                    insert into report (jobset_id, generation, document, body, html)
                    values (\(jobset), 1, '{"g": 1}', 'first', null), (\(jobset), 2, '{"g": 2}', 'second', '<p>second')
                    """
                )
                try sql.executeScript(Migration.reportForms.sql)
            }
            let first = try await test.store.storedReport(jobsetID: jobset, generation: 1)
            #expect(first == ArchivedReport([.json: #"{"g": 1}"#, .text: "first"]))
            let second = try await test.store.storedReport(jobsetID: jobset)
            #expect(second == ArchivedReport([.json: #"{"g": 2}"#, .text: "second", .html: "<p>second"]))
        }
    }

    @Test("The hot tables are looked at by how much has changed, not by which part of their history")
    func upkeep() async throws {
        try await TestStore.with { test in
            for table in ["job", "attempt", "lab_job", "jobset", "delivery", "backend"] {
                let options = try await test.client.query(
                    "select unnest(reloptions) from pg_class where oid = to_regclass(\(table))"
                ).map { try $0.decode(String.self) }
                #expect(options.contains("autovacuum_analyze_scale_factor=0"), "\(table)")
                #expect(options.contains { $0.hasPrefix("autovacuum_analyze_threshold=") }, "\(table)")
                #expect(options.contains { $0.hasPrefix("autovacuum_vacuum_threshold=") }, "\(table)")
            }
        }
    }
}
