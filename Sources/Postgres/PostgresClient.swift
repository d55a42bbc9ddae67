// SPDX-License-Identifier: Apache-2.0

public import Logging
public import ServiceLifecycle

/// PostgreSQL over libpq: a pool of connections, each on a thread of its own.
///
/// - Important: nothing is served before `run()` runs, nor after it has returned. Add the client to a `ServiceGroup` ahead of
///   what uses it, or use `withClient`.
public final class PostgresClient: Service {
    let pool: ConnectionPool
    let listeners = ListenerRegistry()

    /// What the client was made with.
    public var configuration: PostgresConfiguration { pool.configuration }

    /// Makes a client; nothing is dialled yet.
    public init(configuration: PostgresConfiguration, logger: Logger) {
        pool = ConnectionPool(configuration: configuration, logger: logger, metrics: PostgresMetrics())
    }

    /// Serves until graceful shutdown or cancellation, then waits for connections in use, and closes all.
    ///
    /// - Throws: `PostgresError` with code `configuration` at once, if the configuration cannot be used.
    public func run() async throws {
        try configuration.validate()
        pool.start()
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(5))) != nil { await self.pool.reap() }
        }
        // In a task of its own: this one may be cancelled, and what is under way is to be waited for all the same.
        await Task { [pool, listeners] in
            listeners.close()
            await pool.stop()
        }.value
    }

    /// Runs a client around `body`: for programs of one task, and for tests.
    public static func withClient<R: Sendable>(
        configuration: PostgresConfiguration,
        logger: Logger,
        _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        try configuration.validate()
        let client = PostgresClient(configuration: configuration, logger: logger)
        // In a task of its own, so that cancelling the caller stops `body` first and the client after it.
        let service = Task { try await client.run() }
        let outcome: Result<R, any Error>
        do {
            outcome = .success(try await body(client))
        } catch {
            outcome = .failure(error)
        }
        service.cancel()
        _ = await service.result
        return try outcome.get()
    }
}

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
