// SPDX-License-Identifier: Apache-2.0

/// One open transaction. Synchronous and not Sendable: it lives on its connection's thread, inside the closure given to
/// `PostgresClient.withTransaction`, and is of no use after it.
public final class PostgresTransaction {
    private let session: Session
    private var isOpen = true
    private var savepoints = 0
    /// The first failure that no savepoint has undone: after it only a rollback is possible.
    private(set) var failure: PostgresError?

    init(session: Session) {
        self.session = session
    }

    /// Runs one statement and returns all its rows, copied.
    ///
    /// - Throws: `PostgresError`. After code `server` the transaction is failed unless a `savepoint` surrounds the call.
    public func query(_ statement: PostgresStatement) throws(PostgresError) -> PostgresRows {
        try perform { session throws(PostgresError) in try session.run(statement).rows }
    }

    /// Runs one statement.
    ///
    /// - Returns: how many rows it wrote.
    @discardableResult
    public func execute(_ statement: PostgresStatement) throws(PostgresError) -> Int {
        try perform { session throws(PostgresError) in try session.run(statement).affectedRows }
    }

    /// Writes rows with COPY, the fastest way in: streamed, holding 64 KiB at a time.
    ///
    /// - Parameters:
    ///   - table: a name, or schema and name with a point between. Quoted here.
    ///   - columns: their names, as many as each row has values.
    ///   - rows: the values. The server reads each as the type of its column.
    /// - Returns: how many rows were written.
    public func copyIn(
        _ table: String,
        columns: [String],
        rows: some Sequence<[any PostgresEncodable]>
    ) throws(PostgresError) -> Int {
        try perform { session throws(PostgresError) in
            try session.copyIn(table: table, columns: columns, rows: rows)
        }
    }

    /// Runs any number of statements without parameters, for migrations. Not prepared; rows are dropped.
    public func executeScript(_ sql: String) throws(PostgresError) {
        _ = try perform { session throws(PostgresError) in try session.runScript(sql) }
    }

    /// Lets the statements of this transaction take longer (or less long) than the configuration says.
    public func setStatementTimeout(_ timeout: Duration) throws(PostgresError) {
        guard timeout > .zero else { throw PostgresError(.configuration, "a statement timeout is above zero") }
        try execute("select set_config('statement_timeout', \("\(timeout.wholeMilliseconds)ms"), true)")
        session.statementTimeout = timeout
    }

    /// Runs `body` such that, if it throws, what it did is undone and the transaction goes on.
    public func savepoint<R>(_ body: () throws -> R) throws -> R {
        savepoints += 1
        let name = "p\(savepoints)"
        let before = failure
        try executeScript("savepoint \(name)")
        let result: R
        do {
            result = try body()
        } catch {
            let cause = error
            // Heard even if the task was cancelled; and if it fails, the transaction ends at its COMMIT.
            if isOpen, session.undo(toSavepoint: name) { failure = before }
            throw cause
        }
        try executeScript("release savepoint \(name)")
        return result
    }

    func close() {
        isOpen = false
    }

    private func perform<R>(_ body: (Session) throws(PostgresError) -> R) throws(PostgresError) -> R {
        guard isOpen else { throw PostgresError(.closed, "the transaction is over") }
        do {
            return try body(session)
        } catch {
            // What failed before it was sent has not failed the transaction.
            if error.code != .encoding, failure == nil { failure = error }
            throw error
        }
    }
}

/// How much a transaction sees of others (PostgreSQL manual, "Transaction Isolation").
public enum PostgresIsolation: Sendable {
    /// Each statement sees what was committed before it.
    case readCommitted
    /// All statements see what was committed before the first; a conflicting write is a serialization failure.
    case repeatableRead
    /// As if transactions ran one after the other; what would break that is a serialization failure.
    case serializable

    var sql: String {
        switch self {
        case .readCommitted: "read committed"
        case .repeatableRead: "repeatable read"
        case .serializable: "serializable"
        }
    }
}
