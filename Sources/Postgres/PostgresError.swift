// SPDX-License-Identifier: Apache-2.0

/// What went wrong between here and PostgreSQL.
///
/// `description` may go to a log: it holds the server's message, SQLSTATE and constraint, but neither the parameters nor
/// the server's `detail`, which quotes row values. `debugDescription` adds `detail` and `hint`. No form shows the password.
public struct PostgresError: Error, Sendable {
    /// The kind of failure. A struct, so that kinds can be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind in one word.
        public let description: String

        /// The configuration cannot be used; nothing was dialled.
        public static let configuration = Code(description: "configuration")
        /// The server was not reached, did not answer in time, or the connection broke.
        public static let connection = Code(description: "connection")
        /// TLS was asked for and not to be had, or the server's certificate does not prove its name.
        public static let tls = Code(description: "tls")
        /// The server refused the user or the password.
        public static let authentication = Code(description: "authentication")
        /// The server refused a statement; see `sqlState`.
        public static let server = Code(description: "server")
        /// A value could not be written as a parameter: a NUL in a string, a date out of range.
        public static let encoding = Code(description: "encoding")
        /// A column does not hold what was asked for.
        public static let decoding = Code(description: "decoding")
        /// No connection became free within `acquireTimeout`.
        public static let poolTimeout = Code(description: "poolTimeout")
        /// More callers wait for a connection than `maximumWaiters` allows.
        public static let poolExhausted = Code(description: "poolExhausted")
        /// The client, the connection or the transaction is over.
        public static let closed = Code(description: "closed")
        /// The connection broke while COMMIT was on its way: the transaction may have happened or not.
        public static let commitUnknown = Code(description: "commitUnknown")
        /// The awaiting task was cancelled; the transaction was rolled back.
        public static let canceled = Code(description: "canceled")
        /// A transaction was left open, or ended by hand, where this library manages it. A bug in the caller.
        public static let transactionMisuse = Code(description: "transactionMisuse")
        /// The server said something this library cannot make sense of.
        public static let protocolViolation = Code(description: "protocolViolation")
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, in the server's words where it spoke. Without parameters.
    public var message: String
    /// The server's name for the failure, if it spoke.
    public var sqlState: PostgresSQLState?
    /// `ERROR`, `FATAL` or `PANIC`, if the server spoke.
    public var severity: String?
    /// The server's detail. May quote row values, hence never part of `description`.
    public var detail: String?
    /// The server's advice.
    public var hint: String?
    /// The constraint that said no.
    public var constraint: String?
    /// The table concerned.
    public var table: String?
    /// The column concerned; for `decoding`, the column of the result.
    public var column: String?
    /// Where in the statement, in characters from 1.
    public var position: Int?
    /// The function of the server that raised it; the same in every language of messages.
    var serverFunction: String?

    /// An error of this library's own making.
    public init(_ code: Code, _ message: String, sqlState: PostgresSQLState? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }

    /// Whether the connection is gone. The work may or may not have been done, unless it was a transaction whose COMMIT
    /// was never sent.
    public var isConnectionLoss: Bool {
        code == .connection || code == .commitUnknown
    }

    /// Whether the same transaction, as a whole, may simply be tried again: it was rolled back for a passing reason.
    public var isRetriable: Bool {
        code == .connection || sqlState == .serializationFailure || sqlState == .deadlockDetected || isStalePlan
    }

    /// Whether it is the values that can't be stored, so that the same will fail again: a value that can't be written or
    /// read (SQLSTATE class 22), or that a constraint refuses (class 23). Of the latter a unique key or a reference may
    /// be met a moment later.
    public var concernsValues: Bool {
        code == .encoding || ["22", "23"].contains(sqlState?.errorClass)
    }

    /// The statement was prepared under another schema, or forgotten by the server; it has not run.
    var isStalePlan: Bool {
        sqlState == .invalidStatementName
            || (sqlState == .featureNotSupported && serverFunction == "RevalidateCachedQuery")
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Code, message, SQLSTATE and constraint; fit for a log.
    public var description: String {
        var parts = "\(code): \(message)"
        if let sqlState { parts += " [\(sqlState)]" }
        if let constraint { parts += " constraint \(constraint)" }
        return parts
    }

    /// Everything, including `detail`, which may quote row values.
    public var debugDescription: String {
        var parts = description
        for (name, value) in [("table", table), ("column", column), ("detail", detail), ("hint", hint)] {
            if let value { parts += "; \(name): \(value)" }
        }
        if let position { parts += "; position: \(position)" }
        return parts
    }
}
