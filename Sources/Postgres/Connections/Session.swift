// SPDX-License-Identifier: Apache-2.0

internal import Logging

/// One open connection with what belongs to it, on its own thread: sends, reads to the end, and knows what it prepared.
final class Session {
    let raw: RawConnection
    let cancel: CancelSwitch
    let logger: Logger
    /// How long the server's own timeout lets a statement run. The answer is waited for a little longer.
    var statementTimeout: Duration
    var prepared: PreparedStatements
    /// Sets up an open transaction, where that is not done for the whole session.
    let transactionSettings: String?

    init(raw: RawConnection, cancel: CancelSwitch, configuration: PostgresConfiguration, logger: Logger) {
        self.raw = raw
        self.cancel = cancel
        self.logger = logger
        self.statementTimeout = configuration.statementTimeout
        self.prepared = PreparedStatements(capacity: configuration.preparedStatementCapacity)
        transactionSettings =
            configuration.pooling == .transaction ? configuration.settingsStatement(isLocal: true) : nil
    }

    /// Whether the server's session may be another one after each transaction: nothing in it is kept.
    var isShared: Bool { transactionSettings != nil }

    /// What one statement gave.
    struct Outcome {
        var rows = PostgresRows.empty
        var affectedRows = 0
        var commandTag = ""
    }

    /// For statements that may be canceled.
    var cancelable: ResponseWait {
        ResponseWait(limit: statementTimeout + ResponseWait.cancelGrace, cancel: cancel)
    }

    /// For those that must not be: they end a transaction or tidy up.
    var uncancelable: ResponseWait {
        ResponseWait(limit: statementTimeout + ResponseWait.cancelGrace, cancel: nil)
    }

    /// One statement with parameters, prepared at its first use unless the session is shared.
    func run(_ statement: PostgresStatement) throws(PostgresError) -> Outcome {
        let values = try statement.encodedParameters()
        guard !isShared else { return try runUnnamed(statement, values) }
        let key = PreparedStatements.Key(sql: statement.sql, types: statement.parameterTypes)
        let wait = cancelable
        do {
            return try cancelably { () throws(PostgresError) in
                let name = try self.prepare(key, wait)
                try self.raw.sendPrepared(name: name, values: values, wait)
                return try self.finish(wait)
            }
        } catch {
            if error.isStalePlan { _ = prepared.remove(key) }
            throw error
        }
    }

    /// The same, parsed and run at once, and not kept.
    private func runUnnamed(_ statement: PostgresStatement, _ values: [String?]) throws(PostgresError) -> Outcome {
        let wait = cancelable
        return try cancelably { () throws(PostgresError) in
            try self.raw.sendUnnamed(sql: statement.sql, types: statement.parameterTypes, values: values, wait)
            return try self.finish(wait)
        }
    }

    /// Text with any number of statements and no parameters.
    @discardableResult
    func runScript(_ sql: String) throws(PostgresError) -> Outcome {
        let wait = cancelable
        return try cancelably { () throws(PostgresError) in
            try self.raw.sendScript(sql, wait)
            return try self.finish(wait)
        }
    }

    /// Like `runScript`, for what must run whether or not the task was cancelled.
    @discardableResult
    func runUncanceled(_ sql: String) throws(PostgresError) -> Outcome {
        let wait = uncancelable
        try raw.sendScript(sql, wait)
        return try finish(wait)
    }

    /// Marks the time in which a cancel request to the server makes sense, and names its effect.
    func cancelably<R>(_ body: () throws(PostgresError) -> R) throws(PostgresError) -> R {
        try cancel.statementBegins()
        defer { cancel.statementEnded() }
        do {
            return try body()
        } catch {
            guard cancel.isRequested, error.sqlState == .queryCanceled else { throw error }
            throw PostgresError(.canceled, "canceled while the statement ran", sqlState: .queryCanceled)
        }
    }

    /// Reads every result, so that the connection is free again, then returns the last or throws the first failure.
    func finish(_ wait: ResponseWait) throws(PostgresError) -> Outcome {
        var outcome = Outcome()
        var failure: PostgresError?
        while let result = try raw.nextResult(wait) {
            switch result.status {
            case .rows:
                outcome = Outcome(rows: result.rows(), affectedRows: result.affectedRows, commandTag: result.commandTag)
            case .done:
                outcome = Outcome(affectedRows: result.affectedRows, commandTag: result.commandTag)
            case .failed:
                failure = failure ?? result.error()
            case .copyIn:
                failure = failure ?? PostgresError(.transactionMisuse, "COPY FROM STDIN goes through copyIn")
                try raw.endCopy(reason: "no data was to be sent", wait)
            case .copyOut:
                raw.markBroken()
                throw PostgresError(.transactionMisuse, "COPY TO STDOUT is not offered")
            }
        }
        // Nobody here listens; what a LISTEN by hand brings in must not pile up.
        _ = raw.takeNotifications()
        guard var failure else { return outcome }
        if !raw.checkAlive() { failure.code = .connection }
        throw failure
    }

    private func prepare(_ key: PreparedStatements.Key, _ wait: ResponseWait) throws(PostgresError) -> String {
        if let name = prepared.name(for: key) { return name }
        let name = prepared.makeName()
        try raw.sendPrepare(name: name, sql: key.sql, types: key.types, wait)
        _ = try finish(wait)
        if let evicted = prepared.insert(key, name: name) {
            try raw.sendScript("deallocate \(evicted)", wait)
            _ = try finish(wait)
        }
        return name
    }
}

/// Which statements one connection has prepared, at most so many; the one unused for longest goes first.
struct PreparedStatements {
    /// Equal text with equal parameter types is one prepared statement.
    struct Key: Hashable {
        var sql: String
        var types: [PostgresType]
    }

    private struct Entry {
        var name: String
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private var names: UInt64 = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    var count: Int { entries.count }

    mutating func name(for key: Key) -> String? {
        uses &+= 1
        let now = uses
        guard entries[key] != nil else { return nil }
        entries[key]?.lastUse = now
        return entries[key]?.name
    }

    /// A name never used before on this connection.
    mutating func makeName() -> String {
        names &+= 1
        return "s\(names)"
    }

    /// Remembers, and returns the name of the statement that had to make room, which the server should now forget.
    mutating func insert(_ key: Key, name: String) -> String? {
        var evicted: String?
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            evicted = oldest.value.name
            entries[oldest.key] = nil
        }
        uses &+= 1
        entries[key] = Entry(name: name, lastUse: uses)
        return evicted
    }

    /// Forgets, and returns the name the server may still know it by.
    mutating func remove(_ key: Key) -> String? {
        entries.removeValue(forKey: key)?.name
    }
}
