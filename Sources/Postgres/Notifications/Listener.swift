// SPDX-License-Identifier: Apache-2.0

internal import Logging

/// Keeps one connection listening, for as long as its task lives.
struct Listener: Sendable {
    let pool: ConnectionPool
    let channels: [String]
    let output: AsyncStream<PostgresNotification>.Continuation

    /// How long to wait before the server is asked for a sign of life.
    private static let silence: Duration = .seconds(30)

    /// The first connection, within the pool's `acquireTimeout`.
    func begin() async throws -> Connection {
        let deadline = ContinuousClock.now + pool.configuration.pool.acquireTimeout
        return try await connect(until: deadline)
    }

    /// Passes on what arrives on `first`, and on its successors when it breaks.
    func run(on first: Connection) async throws {
        defer { output.finish() }
        var connection = first
        while true {
            do {
                try await listen(on: connection)
            } catch let error as PostgresError where error.code == .connection {
                pool.metrics.connectionLost()
                pool.logger.info("a listening connection broke", metadata: ["error": .string(error.description)])
            } catch is StaleConnection {
                pool.metrics.connectionLost()
            } catch {
                await connection.close()
                throw error
            }
            await connection.close()
            connection = try await connect(until: nil)
            output.yield(.reconnected)
        }
    }

    private func listen(on connection: Connection) async throws {
        while true {
            let notifications = try await connection.use(verify: false) { session in
                try session.waitForNotifications(for: Self.silence)
            }
            var dropped = 0
            for notification in notifications {
                switch output.yield(notification) {
                case .dropped: dropped += 1
                case .terminated: throw PostgresError(.closed, "nobody listens any more")
                default: break
                }
            }
            if dropped > 0 {
                pool.metrics.notificationsDropped(dropped)
                output.yield(.reconnected)
            }
        }
    }

    private func connect(until deadline: ContinuousClock.Instant?) async throws -> Connection {
        var failures = 0
        while true {
            let connection = try Connection(configuration: pool.configuration, logger: pool.logger)
            let failure: PostgresError
            do {
                try await connection.open(until: deadline ?? .now + pool.configuration.connectTimeout)
                let listens = channels.map { "listen \(PostgresStatement.quoted($0))" }.joined(separator: "; ")
                try await connection.use(verify: false) { session in _ = try session.runScript(listens) }
                pool.metrics.connectionOpened()
                return connection
            } catch {
                failure = error as? PostgresError ?? PostgresError(.connection, "the connection broke at once")
            }
            await connection.close()
            failures += 1
            let pause = pool.configuration.reconnectBackoff.pause(afterFailure: failures)
            let isLate = deadline.map { ContinuousClock.now + pause >= $0 } ?? false
            guard failure.code == .connection, !isLate, (try? await Task.sleep(for: pause)) != nil else {
                throw failure
            }
        }
    }
}

extension Session {
    /// What arrived, after waiting for something at most so long. Silence is broken by a question to the server.
    func waitForNotifications(for limit: Duration) throws(PostgresError) -> [PostgresNotification] {
        let deadline = ContinuousClock.now + limit
        var taken = raw.takeNotifications()
        while taken.isEmpty, ContinuousClock.now < deadline {
            try raw.waitForInput(until: deadline, cancel: cancel)
            taken = raw.takeNotifications()
        }
        if taken.isEmpty {
            try raw.sendScript("", uncancelable)
            while let result = try raw.nextResult(uncancelable) { _ = result.status }
            taken = raw.takeNotifications()
        }
        return taken
    }
}
