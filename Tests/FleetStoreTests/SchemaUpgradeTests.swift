// SPDX-License-Identifier: Apache-2.0

import Postgres
import Synchronization
import TestSupport
import Testing

@testable import FleetStore

/// Steps that programs of the release before can work with, what removes what those use, and indexes that keep nobody waiting.
@Suite("Upgrades of the schema", .timeLimit(.minutes(10)))
struct SchemaUpgradeTests {
    private static let last = FleetStore.schemaVersion

    /// All steps, and some of a later release.
    private static func steps(_ later: [(sql: String, contraction: String?)], indexes: [Migration.Index] = [])
        -> [Migration]
    {
        Migration.all
            + later.enumerated().map { place, step in
                Migration(
                    version: last + 1 + place,
                    name: "later \(place)",
                    sql: step.sql,
                    indexes: indexes,
                    contraction: step.contraction
                )
            }
    }

    private static let renaming = steps([
        ("alter table backend add column note text", "alter table backend drop column last_seen_text"),
        ("create table later (id bigint)", nil),
    ])

    private static func migrate(
        _ test: TestStore,
        _ steps: [Migration],
        contracting: Bool = false,
        report: @escaping @Sendable (MigrationDelay) -> Void = { _ in }
    ) async throws -> MigrationOutcome {
        try await test.store.migrate(steps, contracting: contracting, report: report)
    }

    @Test("What a later release adds suits this program; what it removes then does not")
    func expansion() async throws {
        try await TestStore.with { test in
            // What the later release no longer needs.
            try await test.client.execute("alter table backend add column last_seen_text text")
            let outcome = try await Self.migrate(test, Self.renaming)
            #expect(
                outcome == MigrationOutcome(before: Self.last, after: Self.last + 2, contracted: [], canContract: true)
            )
            #expect(
                try await test.store.schemaState()
                    == SchemaState(version: Self.last + 2, oldestProgram: Self.lastBreaking)
            )
            try await test.store.requireSuitableSchema()
            try await test.store.requireKnownSchema()
            // This program's own `migrate` finds nothing to do, and takes nothing back.
            let own = try await test.store.migrate(contracting: true)
            let nothing = MigrationOutcome(
                before: Self.last + 2,
                after: Self.last + 2,
                contracted: [],
                canContract: false
            )
            #expect(own == nothing)
            _ = try await test.client.query("select last_seen_text, note from backend")

            let contracted = try await Self.migrate(test, Self.renaming, contracting: true)
            #expect(contracted.contracted == [Self.last + 1])
            #expect(!contracted.canContract)
            await #expect(throws: PostgresError.self) {
                try await test.client.query("select last_seen_text from backend")
            }
            let mismatch = SchemaMismatch(found: Self.last + 2, wanted: Self.last)
            await #expect(throws: mismatch) { try await test.store.requireSuitableSchema() }
            await #expect(throws: mismatch) { try await test.store.requireKnownSchema() }
            await #expect(throws: mismatch) { try await test.store.migrate() }
            #expect(try await Self.migrate(test, Self.renaming, contracting: true).contracted.isEmpty, "once only")
        }
    }

    /// What the steps of this release ask of a program.
    private static let lastBreaking = max(
        Migration.lastBreaking,
        Migration.all.filter { $0.contraction != nil }.map(\.version).max() ?? 0
    )

    @Test("A new database never had an older program, so nothing is left to remove")
    func new() async throws {
        try await TestStore.with(isMigrated: false) { test in
            let steps = Self.steps([("create table later (id bigint)", "drop table later")])
            let outcome = try await Self.migrate(test, steps)
            #expect(outcome.contracted.last == Self.last + 1)
            #expect(!outcome.canContract)
            #expect(try await test.store.schemaState().oldestProgram == Self.last + 1)
        }
    }

    @Test("A step that fails leaves everything as it was, contractions too")
    func broken() async throws {
        try await TestStore.with { test in
            let steps = Self.steps([("create table later (id bigint)", "drop table no_such_table")])
            await #expect(throws: PostgresError.self) { try await Self.migrate(test, steps, contracting: true) }
            #expect(try await test.store.schemaState().version == Self.last)
            let tables = try await test.client.query("select to_regclass('later') is null").one().decode(Bool.self)
            #expect(tables)
        }
    }

    @Test("An index is built while others write, is built again if it was left unfinished, and by one only")
    func indexes() async throws {
        try await TestStore.with(connections: 8, isAlone: true) { test in
            let steps = Self.steps(
                [("", nil)],
                indexes: [.init(name: "backend_later", definition: "backend (stopped_reason)")]
            )
            let outcomes = try await withThrowingTaskGroup(of: MigrationOutcome.self) { group in
                for _ in 0..<3 { group.addTask { try await Self.migrate(test, steps) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0.before == Self.last } == 1)
            #expect(try await Self.isValid(test) == true)

            // A build that fails leaves an index that is not valid (PostgreSQL manual, "Building Indexes Concurrently").
            try await test.client.execute("drop index backend_later")
            await #expect(throws: PostgresError.self) {
                try await test.client.execute(
                    "create unique index concurrently backend_later on backend ((name is not null))"
                )
            }
            #expect(try await Self.isValid(test) == false)
            _ = try await Self.migrate(test, steps)
            #expect(try await Self.isValid(test) == true)
        }
    }

    @Test("Behind a pooler in transaction mode, an upgrade with indexes is refused before anything is changed")
    func pooler() async throws {
        try await TestStore.with { test in
            var configuration = test.client.configuration
            configuration.pooling = .transaction
            let steps = Self.steps(
                [("create table later (id bigint)", nil)],
                indexes: [.init(name: "backend_later", definition: "backend (stopped_reason)")]
            )
            let version = try await PostgresClient.withClient(configuration: configuration, logger: quietLogger) {
                client in
                let store = FleetStore(client: client)
                await #expect(throws: IndexesNeedSession.self) {
                    _ = try await store.migrate(steps, contracting: false) { _ in }
                }
                return try await store.schemaState().version
            }
            #expect(version == Self.last)
            _ = try await Self.migrate(test, Self.steps([("create table later (id bigint)", nil)]))
        }
    }

    private static func isValid(_ test: TestStore) async throws -> Bool? {
        try await test.client.query("select indisvalid from pg_index where indexrelid = to_regclass('backend_later')")
            .first?.decode(Bool.self)
    }

    @Test("It says which session it waits for, and goes on when that is over; others wait no longer than for one try")
    func waits() async throws {
        try await TestStore.with(connections: 8) { test in
            let delays = Mutex<[MigrationDelay]>([])
            let reader = Task {
                try await test.client.withTransaction { sql in
                    try sql.setStatementTimeout(.seconds(600))
                    try sql.execute("select from backend")
                    try sql.execute("select pg_sleep(600)")
                }
            }
            defer { reader.cancel() }
            let migration = Task {
                try await Self.migrate(test, Self.steps([("alter table backend add column note text", nil)])) { delay in
                    delays.withLock { $0.append(delay) }
                }
            }
            // Before, it may have waited for other tests that migrate.
            try await eventually("it to say what it waits for") {
                delays.withLock { all in
                    all.contains { delay in
                        guard case .session(_, test.name, "active"?, _?) = delay else { return false }
                        return true
                    }
                }
            }
            _ = try await test.client.query("select from backend")
            try await test.client.execute(
                """
                select pg_cancel_backend(pid) from pg_stat_activity
                where application_name = \(test.name) and wait_event = 'PgSleep'
                """
            )
            #expect(try await migration.value.after == Self.last + 1)
        }
    }
}
