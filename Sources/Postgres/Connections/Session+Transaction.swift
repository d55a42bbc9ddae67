// SPDX-License-Identifier: Apache-2.0

internal import Logging

extension Session {
    /// BEGIN, the body, COMMIT; ROLLBACK if the body throws. Synchronous, so nothing comes between.
    func transaction<R>(
        _ options: TransactionOptions,
        _ body: (PostgresTransaction) throws -> R
    ) throws -> R {
        let timeout = statementTimeout
        defer { statementTimeout = timeout }
        try begin(options)
        let transaction = PostgresTransaction(session: self)
        let result: R
        do {
            defer { transaction.close() }
            result = try body(transaction)
        } catch {
            rollBack()
            throw error
        }
        try commit(failure: transaction.failure)
        return result
    }

    /// In the same message as its settings, where those are for it alone.
    private func begin(_ options: TransactionOptions) throws(PostgresError) {
        try runScript([options.begin, transactionSettings].compactMap(\.self).joined(separator: "; "))
    }

    /// One statement in a transaction of its own, since its settings would be nobody's otherwise. It fails as a statement
    /// outside any transaction does: where its COMMIT got no answer, just the connection was lost.
    private func autocommitShared(_ statement: PostgresStatement) throws -> Outcome {
        do {
            return try transaction(TransactionOptions(isolation: nil, readOnly: false)) { _ in
                let outcome = try run(statement)
                guard raw.transactionState == .open else {
                    throw PostgresError(.transactionMisuse, "a transaction was ended by a statement on its own")
                }
                return outcome
            }
        } catch var error as PostgresError where error.code == .commitUnknown {
            error.code = .connection
            throw error
        }
    }

    /// One statement outside any transaction. A transaction that it opened is rolled back, and that is an error.
    func autocommit(_ statement: PostgresStatement) throws -> Outcome {
        guard !isShared else { return try autocommitShared(statement) }
        do {
            let outcome = try run(statement)
            try requireNoTransaction()
            return outcome
        } catch {
            guard error.isStalePlan, raw.transactionState == .idle else { throw error }
            // The server refused the plan before running anything.
            let outcome = try run(statement)
            try requireNoTransaction()
            return outcome
        }
    }

    /// Whether a connection that lay idle can be used. With `roundTrip` the server is asked, not only the socket.
    func isAlive(roundTrip: Bool) -> Bool {
        guard raw.checkAlive(), raw.transactionState == .idle else { return false }
        guard roundTrip else { return true }
        return (try? runUncanceled("")) != nil && raw.checkAlive()
    }

    /// After the use of a lease: no cancel request may be under way, no transaction open.
    func settle() {
        settleCancel()
        if !raw.isBroken, raw.transactionState != .idle { rollBack() }
        if !raw.isBroken, raw.transactionState != .idle { raw.markBroken() }
    }

    /// After this, no cancel request of this lease can hit what is sent next.
    private func settleCancel() {
        switch cancel.settle(limit: ResponseWait.cancelGrace) {
        case .quiet: return
        case .stuck: raw.markBroken()
        case .sent:
            // The server has been signalled, but may notice only with the next command. This one may be lost.
            if raw.checkAlive() { _ = try? runUncanceled("") }
        }
    }

    private func commit(failure: PostgresError?) throws(PostgresError) {
        settleCancel()
        if cancel.isRequested {
            rollBack()
            throw PostgresError(.canceled, "canceled before COMMIT; rolled back")
        }
        guard raw.checkAlive() else { throw PostgresError(.connection, "the connection broke before COMMIT") }
        switch raw.transactionState {
        case .open: break
        case .failed:
            rollBack()
            throw failure ?? PostgresError(.transactionMisuse, "the transaction had failed; rolled back")
        default:
            throw PostgresError(.transactionMisuse, "the transaction was ended inside its own closure")
        }
        let outcome: Outcome
        do {
            outcome = try runUncanceled("commit")
        } catch {
            guard error.code == .connection else { throw error }
            raw.markBroken()
            var unknown = error
            unknown.code = .commitUnknown
            throw unknown
        }
        guard outcome.commandTag == "COMMIT" else {
            throw failure ?? PostgresError(.transactionMisuse, "the server rolled back instead of committing")
        }
        try requireNoTransaction()
    }

    /// What cannot be rolled back is closed, which the server takes for a rollback.
    func rollBack() {
        settleCancel()
        guard raw.checkAlive(), raw.transactionState != .idle else { return }
        do {
            try runUncanceled("rollback")
        } catch {
            logger.warning("a rollback failed; the connection is closed", metadata: ["error": "\(error)"])
            raw.markBroken()
        }
    }

    /// Whether the transaction goes on from the savepoint.
    func undo(toSavepoint name: String) -> Bool {
        settleCancel()
        guard raw.checkAlive() else { return false }
        return (try? runUncanceled("rollback to savepoint \(name); release savepoint \(name)")) != nil
    }

    private func requireNoTransaction() throws(PostgresError) {
        guard raw.transactionState != .idle, !raw.isBroken else { return }
        rollBack()
        throw PostgresError(.transactionMisuse, "a transaction was left open; use withTransaction. Rolled back")
    }
}

/// How a transaction begins.
struct TransactionOptions: Sendable {
    /// nil: all as the server has it, as it is for a statement on its own.
    var isolation: PostgresIsolation?
    var readOnly: Bool

    var begin: String {
        guard let isolation else { return "begin" }
        return "begin isolation level \(isolation.sql)\(readOnly ? " read only" : " read write")"
    }
}
