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
