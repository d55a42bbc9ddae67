// SPDX-License-Identifier: Apache-2.0

extension PostgresClient {
    /// Runs one statement on its own and returns all its rows.
    ///
    /// - Parameter idempotent: repeating it changes nothing, so it is repeated when the connection breaks under it.
    /// - Throws: `PostgresError`.
    public func query(_ statement: PostgresStatement, idempotent: Bool = false) async throws -> PostgresRows {
        try await autocommit(statement, idempotent: idempotent).rows
    }

    /// Runs one statement on its own.
    ///
    /// - Parameter idempotent: repeating it changes nothing, so it is repeated when the connection breaks under it.
    /// - Returns: how many rows it wrote.
    /// - Throws: `PostgresError`.
    @discardableResult
    public func execute(_ statement: PostgresStatement, idempotent: Bool = false) async throws -> Int {
        try await autocommit(statement, idempotent: idempotent).affectedRows
    }

    /// Runs one transaction on one connection.
    ///
    /// `body` is synchronous, so nothing comes between BEGIN and COMMIT, and it runs on the connection's thread. It is
    /// repeated from its start, with pauses, at most `maximumAttempts` times in all: after a serialization failure, a
    /// deadlock, or a connection that broke before COMMIT was sent. So it must have no effects but through the transaction.
    ///
    /// - Parameters:
    ///   - idempotent: repeating the whole changes nothing, so it is repeated even when the connection broke while COMMIT
    ///     was on its way. Otherwise that is thrown as `commitUnknown`. Read-only transactions always are.
    /// - Throws: what `body` throws, after a rollback; `PostgresError` otherwise.
    @discardableResult
    public func withTransaction<R: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        readOnly: Bool = false,
        idempotent: Bool = false,
        _ body: @escaping @Sendable (PostgresTransaction) throws -> R
    ) async throws -> R {
        let options = TransactionOptions(isolation: isolation, readOnly: readOnly)
        let begin = ContinuousClock.now
        defer { pool.metrics.transacted(for: begin.duration(to: .now)) }
        return try await retrying { error in
            error.isRetriable || (error.code == .commitUnknown && (idempotent || readOnly))
        } attempt: {
            try await self.pool.withConnection { session in try session.transaction(options, body) }
        }
    }

    private func autocommit(
        _ statement: PostgresStatement,
        idempotent: Bool
    ) async throws -> Session.Outcome {
        let begin = ContinuousClock.now
        defer { pool.metrics.queried(for: begin.duration(to: .now)) }
        return try await retrying { error in
            // A statement on its own is a transaction of its own: these two undid it.
            error.sqlState == .serializationFailure || error.sqlState == .deadlockDetected
                || (idempotent && error.code == .connection)
        } attempt: {
            try await self.pool.withConnection { session in try session.autocommit(statement) }
        }
    }

    private func retrying<R>(
        _ mayRetry: (PostgresError) -> Bool,
        attempt: () async throws -> R
    ) async throws -> R {
        var failures = 0
        while true {
            do {
                return try await attempt()
            } catch let error as PostgresError {
                failures += 1
                guard mayRetry(error), failures < configuration.maximumAttempts, !pool.isStopped else { throw error }
                pool.metrics.retried()
                do {
                    try await Task.sleep(for: configuration.retryBackoff.pause(afterFailure: failures))
                } catch {
                    throw PostgresError(.canceled, "canceled between two attempts")
                }
            }
        }
    }
}
