// SPDX-License-Identifier: Apache-2.0

package import Postgres

/// All that Muster keeps: the one place that writes SQL. Each method is one transaction that can be repeated.
///
/// The methods stand in extensions, one concern a file: `AcceptJobset`, `ClaimJob`, `FinishJobs`, …
///
/// Locks are taken in one order everywhere, so that no two transactions can wait for one another:
/// lab jobs, then jobsets by id, then jobs, then attempts.
package struct FleetStore: Sendable {
    /// The pool that the statements run on.
    package let client: PostgresClient

    /// A store over `client`, whose `run()` is somebody else's to call.
    package init(client: PostgresClient) {
        self.client = client
    }
}

/// Everything here can be repeated unless it says otherwise: it is done again when the connection breaks under it, though
/// it may have been done already.
extension FleetStore {
    /// Runs one statement.
    ///
    /// - Parameter idempotent: `false` for one of which a repeat would do or return something else: what counts up, or
    ///   takes rows for its caller.
    func query(_ statement: PostgresStatement, idempotent: Bool = true) async throws -> PostgresRows {
        try await client.query(statement, idempotent: idempotent)
    }

    /// Runs one statement.
    ///
    /// - Returns: how many rows it wrote.
    @discardableResult
    func execute(_ statement: PostgresStatement, idempotent: Bool = true) async throws -> Int {
        try await client.execute(statement, idempotent: idempotent)
    }

    /// Runs one transaction.
    @discardableResult
    func transaction<Answer: Sendable>(
        readOnly: Bool = false,
        idempotent: Bool = true,
        _ body: @escaping @Sendable (PostgresTransaction) throws -> Answer
    ) async throws -> Answer {
        try await client.withTransaction(readOnly: readOnly, idempotent: idempotent, body)
    }
}

extension PostgresTransaction {
    /// Has the statements from here on take as long as what is theirs takes: their work grows with a jobset, of which
    /// nobody has said how large it may be. It is below the 30 minutes after which a broker takes a message back.
    func allowForSize() throws {
        try setStatementTimeout(.seconds(1_200))
    }
}

extension Duration {
    /// The longest that a row is believed of how long something lasts: a century.
    private static let longest = 3_155_760_000.0

    /// From SQL's `extract(epoch from …)`. A time that somebody set by hand may be infinite, and a duration can't be.
    init(databaseSeconds seconds: Double) {
        self = .seconds(seconds.isNaN ? 0 : min(max(seconds, -Self.longest), Self.longest))
    }

    /// All of it, with its fraction.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

/// What one transaction at a time does, and nobody waits for.
enum AloneWork: String {
    /// Adding up what has ended.
    case rollup
    /// Adding jobsets to the history of their tests, or removing them.
    case history
    /// Removing what is not kept any longer.
    case retention
    /// Making lists of failing tests.
    case digest
}

extension PostgresTransaction {
    /// Whether nobody else is at this work; then nobody is until this transaction ends.
    func beginAlone(_ work: AloneWork) throws -> Bool {
        // By schema: other fleets of the same database have their own.
        try query(
            "select pg_try_advisory_xact_lock(hashtext('muster.' || \(work.rawValue)), hashtext(current_schema()))"
        ).one().decode(Bool.self)
    }
}
