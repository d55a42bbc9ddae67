// SPDX-License-Identifier: Apache-2.0

import Postgres

/// One numbered step of the schema. A step that has been released is never edited; what comes later is a new step.
struct Migration: Sendable {
    /// Counts from 1 without gaps.
    let version: Int
    /// What the step brings, in a few words.
    let name: String
    /// The statements of the step, run in one transaction.
    let sql: String

    /// Every step, in order.
    static let all: [Migration] = [
        .fleet, .labs, .life, .reports, .access, .deliveries, .dashboard, .squad, .mail, .squadBuilds, .doubts, .naming,
        .tokenLines, .upkeep, .looks, .reportForms, .closedAttempts,
        .external, .suiteNames, .turns, .missingJobs, .demands, .jobNames,
        .retries, .knownIssues, .rollups, .testHistory, .lists, .kcidb, .events, .webhooks, .retention, .jobTerms,
        .webhookSecrets, .identities, .squadNames, .auditOfMany, .traceParents, .restoration,
    ]
}

/// What `migrate` found and did.
package struct MigrationOutcome: Sendable, Equatable {
    /// The schema's version before.
    package let before: Int
    /// The schema's version now.
    package let after: Int
}

/// The schema can't be used by this program.
package struct SchemaMismatch: Error, Sendable, Equatable, CustomStringConvertible {
    /// The version found in the database; 0 where there is none.
    package let found: Int
    /// The version this program was built for.
    package let wanted: Int

    /// What does not fit, and what to do about it.
    package var description: String {
        if found > wanted {
            return "the database has schema version \(found), this program knows \(wanted): upgrade the program"
        }
        return "the database has schema version \(found), this program needs \(wanted): run `muster migrate`"
    }
}

/// The schema could not be changed, since a table was in use all the time.
package struct SchemaInUse: Error, Sendable, Equatable, CustomStringConvertible {
    /// How long each table was waited for, in seconds.
    package let seconds: Int

    /// What happened, and what to do about it.
    package var description: String {
        """
        a table of the database was in use by somebody else for longer than \(seconds) s, so the schema was left as it \
        was: stop the workers, or whatever else uses the database (pg_stat_activity has it), and run `muster migrate` again
        """
    }
}

extension FleetStore {
    /// The schema version this program was built for.
    package static let schemaVersion = Migration.all.map(\.version).max() ?? 0

    /// The longest that a step of the schema, or the wait for another program that takes them, may last: a day. On
    /// tables of any size it takes as long as it takes, and nobody is to guess a limit.
    private static let longestMigration: Duration = .seconds(86_400)

    /// Brings the schema up to ``schemaVersion``, all steps in one transaction, so that there is no state in between.
    /// Several machines may call this at once: one works, the others wait and find it done.
    ///
    /// The limit of statements does not hold for it; that of locks does, for each table: whoever waits for one keeps
    /// everybody else from it who comes later.
    ///
    /// - Throws: ``SchemaMismatch`` when the schema is newer than this program, ``SchemaInUse`` when a table that is to
    ///   be changed is not let go.
    package func migrate() async throws -> MigrationOutcome {
        let lockTimeout = client.configuration.lockTimeout
        do {
            return try await migrate(lockTimeout: lockTimeout)
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            throw SchemaInUse(seconds: Int(lockTimeout.components.seconds))
        }
    }

    private func migrate(lockTimeout: Duration) async throws -> MigrationOutcome {
        try await client.withTransaction { sql in
            try sql.setStatementTimeout(Self.longestMigration)
            try sql.execute("set local lock_timeout = 0")
            // Any number will do, as long as nobody else takes an advisory lock under it.
            try sql.execute("select pg_advisory_xact_lock(hashtext('muster'), hashtext('migrate'))")
            let milliseconds = max(1, Int(lockTimeout.seconds * 1_000))
            try sql.execute("select set_config('lock_timeout', \("\(milliseconds)ms"), true)")
            try sql.execute(
                """
                create table if not exists schema_migration (
                    version integer primary key,
                    name text not null,
                    applied_at timestamptz not null default now()
                )
                """
            )
            let before = try Self.version(sql)
            guard before <= Self.schemaVersion else {
                throw SchemaMismatch(found: before, wanted: Self.schemaVersion)
            }
            for migration in Migration.all.dropFirst(before) {
                try sql.executeScript(migration.sql)
                try sql.execute(
                    "insert into schema_migration (version, name) values (\(migration.version), \(migration.name))"
                )
            }
            try sql.installDashboard()
            return MigrationOutcome(before: before, after: Self.schemaVersion)
        }
    }

    /// The schema's version; 0 where nothing has been set up.
    package func currentSchemaVersion() async throws -> Int {
        try await client.withTransaction(readOnly: true) { sql in
            let exists = try sql.query("select to_regclass('schema_migration') is not null")
            guard let row = exists.first, try row.decode(Bool.self) else { return 0 }
            return try Self.version(sql)
        }
    }

    /// Refuses to go on with a schema of another version.
    ///
    /// - Throws: ``SchemaMismatch``, whose description says what to do.
    package func requireCurrentSchema() async throws {
        let found = try await currentSchemaVersion()
        guard found == Self.schemaVersion else { throw SchemaMismatch(found: found, wanted: Self.schemaVersion) }
    }

    private static func version(_ sql: PostgresTransaction) throws -> Int {
        let rows = try sql.query("select coalesce(max(version), 0)::bigint from schema_migration")
        return try rows.first?.decode(Int.self) ?? 0
    }

    /// Refuses to go on once the schema is one that this program does not know.
    ///
    /// - Throws: ``SchemaMismatch``, whose description says what to do.
    package func requireKnownSchema() async throws {
        let found = try await currentSchemaVersion()
        guard found <= Self.schemaVersion else { throw SchemaMismatch(found: found, wanted: Self.schemaVersion) }
    }
}
