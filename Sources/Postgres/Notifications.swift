// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Synchronization

/// What a listener hears.
public enum PostgresNotification: Sendable, Hashable {
    /// A NOTIFY.
    public struct Message: Sendable, Hashable {
        /// The channel.
        public let channel: String
        /// The payload; empty if there is none.
        public let payload: String
        /// The server process that sent it.
        public let senderProcessID: Int32
    }

    /// A NOTIFY arrived.
    case message(Message)
    /// Notifications may have been missed: the connection broke and is listening again, or they came faster than they were
    /// consumed. Look at the truth once.
    case reconnected
}

extension PostgresClient {
    /// Listens on `channels` while `body` runs, on a connection of its own that is replaced when it breaks.
    ///
    /// LISTEN is in force before `body` begins, so what is read from tables inside it is not older than what is heard. At most
    /// `notificationCapacity` notifications wait to be consumed; beyond, the oldest go, and `reconnected` says so. The sequence
    /// ends when the client closes.
    ///
    /// - Throws: what `body` throws; `PostgresError` if listening could not begin or could not go on. Through a pooler of
    ///   transactions it can't.
    public func withNotifications<R>(
        channels: [String],
        _ body: (AsyncStream<PostgresNotification>) async throws -> R
    ) async throws -> R {
        guard !channels.isEmpty else { throw PostgresError(.configuration, "there is no channel to listen on") }
        guard configuration.pooling != .transaction else {
            throw PostgresError(.configuration, "there are no notifications through a pooler of transactions")
        }
        let (stream, output) = AsyncStream.makeStream(
            of: PostgresNotification.self,
            bufferingPolicy: .bufferingNewest(configuration.notificationCapacity)
        )
        let listener = Listener(pool: pool, channels: channels, output: output)
        let connection = try await listener.begin()
        let task = Task { try await listener.run(on: connection) }
        guard let registration = listeners.add({ task.cancel() }) else {
            task.cancel()
            _ = await task.result
            throw PostgresError(.closed, "the client is closed")
        }
        let outcome: Result<R, any Error>
        do {
            outcome = .success(try await body(stream))
        } catch {
            outcome = .failure(error)
        }
        listeners.remove(registration)
        task.cancel()
        let listening = await task.result
        let result = try outcome.get()
        // Its end by cancellation is our own doing; any other is the caller's to know.
        if case .failure(let error as PostgresError) = listening, error.code != .canceled, error.code != .closed {
            throw error
        }
        return result
    }
}

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

/// The listeners that are to stop when their client closes.
final class ListenerRegistry: Sendable {
    private struct State {
        var isClosed = false
        var next: UInt64 = 0
        var stops: [UInt64: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// nil if the client is closed.
    func add(_ stop: @escaping @Sendable () -> Void) -> UInt64? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.next &+= 1
            state.stops[state.next] = stop
            return state.next
        }
    }

    func remove(_ id: UInt64) {
        state.withLock { $0.stops[id] = nil }
    }

    func close() {
        let stops = state.withLock { state in
            state.isClosed = true
            defer { state.stops = [:] }
            return Array(state.stops.values)
        }
        for stop in stops { stop() }
    }
}
