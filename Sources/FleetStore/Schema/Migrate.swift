// SPDX-License-Identifier: Apache-2.0

import Logging
import Postgres
import Synchronization

/// What `migrate` found and did.
package struct MigrationOutcome: Sendable, Equatable {
    /// The schema's version before.
    package let before: Int
    /// The schema's version now.
    package let after: Int
    /// The steps whose contraction was run now.
    package let contracted: [Int]
    /// Whether there is something that only programs of earlier versions use.
    package let canContract: Bool
}

/// What keeps a change of the schema waiting.
package enum MigrationDelay: Sendable, Equatable, CustomStringConvertible {
    /// Another session has what is needed: its process in the server, and who it is. What it does, and for how many seconds its
    /// transaction has lasted, the server tells only to its own user and to those who may read all statistics.
    case session(process: Int, name: String, state: String?, seconds: Int?)
    /// An index is being built.
    case index(String)
    /// Another `migrate` builds indexes.
    case otherBuilder

    package var description: String {
        switch self {
        case .session(let process, let name, let state, let seconds):
            "waiting for \(name) (process \(process)\(state.map { ", \($0)" } ?? ""))"
                + (seconds.map { ", whose transaction has lasted \($0) s" } ?? "")
        case .index(let name): "building the index \(name)"
        case .otherBuilder: "waiting for another `muster migrate`, which builds indexes"
        }
    }

    /// Whether both are about the same, though time has passed.
    fileprivate func isAbout(_ other: MigrationDelay) -> Bool {
        guard case .session(let process, _, let state, _) = self,
            case .session(let otherProcess, _, let otherState, _) = other
        else { return self == other }
        return process == otherProcess && state == otherState
    }
}

/// Passes on what is new, and what has not changed every 30 s.
private final class DelayReport: Sendable {
    private static let silence = Duration.seconds(30)
    private let last = Mutex<(delay: MigrationDelay, at: ContinuousClock.Instant)?>(nil)
    private let report: @Sendable (MigrationDelay) -> Void

    init(_ report: @escaping @Sendable (MigrationDelay) -> Void) { self.report = report }

    func callAsFunction(_ delay: MigrationDelay) {
        let isDue = last.withLock { last in
            if let known = last, known.delay.isAbout(delay), known.at + Self.silence > .now { return false }
            last = (delay, .now)
            return true
        }
        if isDue { report(delay) }
    }
}

/// Indexes can't be built through a pooler that gives each transaction another connection.
package struct IndexesNeedSession: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String {
        """
        this upgrade builds indexes, which a pooler in transaction mode does not allow: run `muster migrate` with the address of \
        PostgreSQL itself in database.url, and without database.pooler
        """
    }
}

/// Another program has been building indexes for as long as a migration may last.
package struct IndexesBeingBuilt: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String {
        "the schema is upgraded, but another `muster migrate` has been building indexes for a day: run `muster migrate` again"
    }
}

/// The schema could not be changed, since a table was in use all the time.
package struct SchemaInUse: Error, Sendable, Equatable, CustomStringConvertible {
    /// How often a table was waited for.
    package let tries: Int

    /// What happened, and what to do about it.
    package var description: String {
        """
        a table of the database was in use by another session each of the \(tries) times that `muster migrate` waited for \
        it, so the schema is unchanged: end what uses the database for so long (pg_stat_activity shows it), and run `muster \
        migrate` again
        """
    }
}

extension FleetStore {
    /// The longest that a step of the schema, or the wait for another program that takes them, may last: a day. On
    /// tables of any size it takes as long as it takes, and nobody is to guess a limit.
    private static let longestMigration: Duration = .seconds(86_400)
    /// The longest that a table is waited for in one try. Whoever waits for one keeps everybody else from it who comes later, so the
    /// fleet stands still for so long.
    private static let lockWait: Duration = .seconds(3)
    /// How often it is tried to have all the tables.
    private static let lockTries = 20
    /// The mean pause between two tries, in which the fleet catches up.
    private static let lockPause: Duration = .seconds(3)

    /// Brings the schema up to ``schemaVersion``, all steps in one transaction, so that there is no state in between; then
    /// builds the indexes that they bring. Programs of the release before can go on working. Several machines may call this
    /// at once: one works, the others wait and find it done.
    ///
    /// A schema that is newer, but suits this program, is left as it is.
    ///
    /// - Parameters:
    ///   - contracting: Whether to remove what only programs of earlier versions use. A new database never has such programs.
    ///   - report: Is told what is waited for: at once, and again every 30 s.
    /// - Throws: ``SchemaMismatch`` when the schema is one that this program can't work with, ``SchemaInUse`` when a table
    ///   that is to be changed is not let go, ``IndexesNeedSession``.
    package func migrate(
        contracting: Bool = false,
        report: @escaping @Sendable (MigrationDelay) -> Void = { _ in }
    ) async throws -> MigrationOutcome {
        try await migrate(Migration.all, contracting: contracting, report: report)
    }

    /// Takes `steps`.
    func migrate(
        _ steps: [Migration],
        contracting: Bool,
        report: @escaping @Sendable (MigrationDelay) -> Void
    ) async throws -> MigrationOutcome {
        let report = DelayReport(report)
        let indexes = steps.flatMap(\.indexes)
        if client.configuration.pooling == .transaction {
            for index in indexes where try await client.isValid(index) != true { throw IndexesNeedSession() }
        }
        let outcome = try await takeStepsPatiently(steps, contracting: contracting, report)
        try await buildIndexes(indexes, report)
        return outcome
    }

    private func takeStepsPatiently(
        _ steps: [Migration],
        contracting: Bool,
        _ report: DelayReport
    ) async throws -> MigrationOutcome {
        let lockWait = min(client.configuration.lockTimeout, Self.lockWait)
        var tries = 0
        while true {
            do {
                return try await takeSteps(steps, contracting: contracting, lockWait: lockWait, report)
            } catch let error as PostgresError
                where error.sqlState == .lockNotAvailable || error.sqlState == .deadlockDetected
            {
                tries += 1
                guard tries < Self.lockTries else { throw SchemaInUse(tries: tries) }
                try await Task.sleep(for: Self.lockPause * Double.random(in: 0.5...1.5))
            }
        }
    }

    private func takeSteps(
        _ steps: [Migration],
        contracting: Bool,
        lockWait: Duration,
        _ report: DelayReport
    ) async throws -> MigrationOutcome {
        let process = Mutex<Int?>(nil)
        let watch = Task { [client] in try await client.reportBlockers(of: { process.withLock(\.self) }, report) }
        defer { watch.cancel() }
        return try await client.withTransaction { sql in
            try sql.setStatementTimeout(Self.longestMigration)
            let own = try sql.query("select pg_backend_pid()::bigint").one().decode(Int.self)
            process.withLock { $0 = own }
            defer { process.withLock { $0 = nil } }
            try sql.execute("set local lock_timeout = 0")
            // Any number will do, as long as nobody else takes an advisory lock under it.
            try sql.execute("select pg_advisory_xact_lock(hashtext('muster'), hashtext('migrate'))")
            let milliseconds = max(1, Int(lockWait.seconds * 1_000))
            try sql.execute("select set_config('lock_timeout', \("\(milliseconds)ms"), true)")
            return try sql.take(steps, contracting: contracting)
        }
    }

    /// Builds the indexes that are not there. Of several programs that want to, one does.
    private func buildIndexes(_ indexes: [Migration.Index], _ report: DelayReport) async throws {
        guard !indexes.isEmpty else { return }
        var configuration = client.configuration
        // One connection, which has the lock.
        configuration.pool.maximumConnections = 1
        // It waits for all transactions that are older, which keeps nobody from the table.
        configuration.statementTimeout = Self.longestMigration
        configuration.lockTimeout = Self.longestMigration
        let logger = Logger(label: "migrate") { _ in SwiftLogNoOpLogHandler() }
        try await PostgresClient.withClient(configuration: configuration, logger: logger) { builder in
            // Not waited for in the server: what waits there has a snapshot, which the build of the other waits for.
            let isMine: PostgresStatement = "select pg_try_advisory_lock(hashtext('muster'), hashtext('build indexes'))"
            let end = ContinuousClock.now + Self.longestMigration
            while try await !builder.query(isMine).one().decode(Bool.self) {
                guard .now < end else { throw IndexesBeingBuilt() }
                report(.otherBuilder)
                try await Task.sleep(for: .seconds(1))
            }
            let process = try await builder.query("select pg_backend_pid()::bigint").one().decode(Int.self)
            let watch = Task { [client] in try await client.reportBlockers(of: { process }, report) }
            defer { watch.cancel() }
            for index in indexes { try await builder.build(index, report) }
        }
    }
}

extension PostgresTransaction {
    /// Takes the steps that are missing.
    fileprivate func take(_ steps: [Migration], contracting: Bool) throws -> MigrationOutcome {
        try execute(
            """
            create table if not exists schema_migration (
                version integer primary key,
                name text not null,
                applied_at timestamptz not null default now()
            )
            """
        )
        let known = steps.map(\.version).max() ?? 0
        let before = try schemaState()
        guard before.isKnown(by: known) else { throw SchemaMismatch(found: before.version, wanted: known) }
        // Taken by a newer program, which has made the views too.
        guard before.version <= known else {
            return MigrationOutcome(before: before.version, after: before.version, contracted: [], canContract: false)
        }
        for step in steps.dropFirst(before.version) { try take(step) }
        try installDashboard()
        var contractable: [Migration] = []
        if steps.contains(where: { $0.contraction != nil }) {
            let open = try query("select version::bigint from schema_migration where contracted_at is null")
                .decode(Int.self)
            contractable = steps.filter { $0.contraction != nil && open.contains($0.version) }
        }
        if contracting || before.version == 0 {
            for step in contractable {
                try executeScript(step.contraction ?? "")
                try execute("update schema_migration set contracted_at = now() where version = \(step.version)")
            }
            return MigrationOutcome(
                before: before.version,
                after: known,
                contracted: contractable.map(\.version),
                canContract: false
            )
        }
        return MigrationOutcome(
            before: before.version,
            after: known,
            contracted: [],
            canContract: !contractable.isEmpty
        )
    }

    private func take(_ step: Migration) throws {
        try executeScript(step.sql)
        try execute("insert into schema_migration (version, name) values (\(step.version), \(step.name))")
        if step.isExpansion {
            try execute("update schema_migration set is_expansion = true where version = \(step.version)")
        }
    }
}

extension PostgresClient {
    /// Reports who keeps a session waiting, until it is cancelled.
    ///
    /// - Parameter process: The session's process in the server, while there is one.
    fileprivate func reportBlockers(
        of process: @Sendable () -> Int?,
        _ report: DelayReport
    ) async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            guard let process = process() else { continue }
            // Whoever migrates says what is wrong with the database.
            let blocker = try? await query(
                """
                select pid::bigint, coalesce(nullif(application_name, ''), backend_type, 'another session'), state,
                    extract(epoch from clock_timestamp() - xact_start)::bigint
                from pg_stat_activity where pid = any(pg_blocking_pids(\(process)::integer))
                order by xact_start limit 1
                """,
                idempotent: true
            ).first?.decode(Int.self, String.self, String?.self, Int?.self)
            guard let (process, name, state, seconds) = blocker else { continue }
            report(.session(process: process, name: name, state: state, seconds: seconds))
        }
    }

    /// Builds an index that is not there, or that was left unfinished.
    fileprivate func build(_ index: Migration.Index, _ report: DelayReport) async throws {
        let isValid = try await isValid(index)
        guard isValid != true else { return }
        report(.index(index.name))
        if isValid == false {
            try await execute("drop index concurrently if exists \(identifier: index.name)", idempotent: true)
        }
        try await execute(
            "create index concurrently if not exists \(identifier: index.name) on \(unsafeSQL: index.definition)"
        )
    }

    /// Whether an index is of use; nil if there is none of its name.
    fileprivate func isValid(_ index: Migration.Index) async throws -> Bool? {
        try await query(
            "select indisvalid from pg_index where indexrelid = to_regclass(\(index.name))",
            idempotent: true
        )
        .first?.decode(Bool.self)
    }
}
