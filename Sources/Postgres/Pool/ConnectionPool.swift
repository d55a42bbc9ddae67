// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Synchronization

/// Lends connections, one caller each, first come first served.
final class ConnectionPool: Sendable {
    typealias Grant = PoolState<Connection>.Grant

    private struct State {
        var pool: PoolState<Connection>
        var continuations: [UInt64: CheckedContinuation<Grant, any Error>] = [:]
        var nextWaiter: UInt64 = 0
        /// In use or being opened, so that they can be cancelled at the end.
        var lent: [ObjectIdentifier: Connection] = [:]
        var drained: CheckedContinuation<Void, Never>?
    }

    let configuration: PostgresConfiguration
    let logger: Logger
    let metrics: PostgresMetrics
    private let state: Mutex<State>

    init(configuration: PostgresConfiguration, logger: Logger, metrics: PostgresMetrics) {
        self.configuration = configuration
        self.logger = logger
        self.metrics = metrics
        self.state = Mutex(
            State(
                pool: PoolState(
                    maximumConnections: configuration.pool.maximumConnections,
                    maximumWaiters: configuration.pool.maximumWaiters
                )
            )
        )
    }

    var isStopped: Bool { state.withLock { $0.pool.isStopped } }

    func start() {
        serve { $0.start() }
    }

    /// Lends a connection to `body`, and takes it back whatever happens.
    func withConnection<R: Sendable>(
        _ body: @escaping @Sendable (Session) throws -> R
    ) async throws -> R {
        let deadline = ContinuousClock.now + configuration.pool.acquireTimeout
        while true {
            let lease = try await acquire(until: deadline)
            do {
                let result = try await lease.connection.use(verify: lease.verify, body)
                await takeBack(lease.connection)
                return result
            } catch is StaleConnection {
                // Found dead before anything was sent: another will do. Each round closes one, so this ends.
                metrics.connectionLost()
                await takeBack(lease.connection)
            } catch {
                if lease.connection.isBroken { metrics.connectionLost() }
                await takeBack(lease.connection)
                throw error
            }
        }
    }

    private struct Lease {
        var connection: Connection
        var verify: Bool
    }

    private func acquire(until deadline: ContinuousClock.Instant) async throws -> Lease {
        let begin = ContinuousClock.now
        defer { metrics.waited(for: begin.duration(to: .now)) }
        switch try await grant(until: deadline) {
        case .use(let idle):
            state.withLock { $0.lent[ObjectIdentifier(idle.connection)] = idle.connection }
            let verify = idle.since.duration(to: .now) > configuration.pool.idleCheckAfter
            return Lease(connection: idle.connection, verify: verify)
        case .open:
            return Lease(connection: try await open(until: deadline), verify: false)
        }
    }

    private func grant(until deadline: ContinuousClock.Instant) async throws -> Grant {
        // The usual case, which needs neither a place in line nor a timer.
        if !Task.isCancelled, let grant = state.withLock({ $0.pool.acquireNow() }) {
            report()
            return grant
        }
        let waiter = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            let isStarted = state.withLock { $0.pool.isStarted }
            let message = isStarted ? "no connection became free in time" : "run() of the client is not running"
            dismiss(waiter, PostgresError(.poolTimeout, message))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(waiter, continuation)
            }
        } onCancel: {
            dismiss(waiter, PostgresError(.canceled, "canceled while waiting for a connection"))
        }
    }

    private func enter(_ waiter: UInt64, _ continuation: CheckedContinuation<Grant, any Error>) {
        let answer: Result<Grant, any Error>? = state.withLock { state in
            // If the handler has run already, it found nobody to dismiss.
            if Task.isCancelled { return .failure(PostgresError(.canceled, "canceled before a connection was taken")) }
            switch state.pool.acquire(waiter) {
            case .granted(let grant): return .success(grant)
            case .refused(let error): return .failure(error)
            case .wait:
                state.continuations[waiter] = continuation
                return nil
            }
        }
        report()
        if let answer { continuation.resume(with: answer) }
    }

    private func dismiss(_ waiter: UInt64, _ error: PostgresError) {
        let continuation = state.withLock { state in
            state.pool.leave(waiter) ? state.continuations.removeValue(forKey: waiter) : nil
        }
        continuation?.resume(throwing: error)
    }

    /// Opens a connection in a slot that was granted, as often as there is time for.
    private func open(until deadline: ContinuousClock.Instant) async throws -> Connection {
        var failures = 0
        while true {
            do {
                return try await openOnce(until: deadline)
            } catch let error as PostgresError {
                failures += 1
                let pause = configuration.reconnectBackoff.pause(afterFailure: failures)
                let isHopeless = error.code != .connection || isStopped || ContinuousClock.now + pause >= deadline
                if !isHopeless, (try? await Task.sleep(for: pause)) != nil { continue }
                serve { $0.freeSlot() }
                throw Task.isCancelled ? PostgresError(.canceled, "canceled while connecting") : error
            }
        }
    }

    private func openOnce(until deadline: ContinuousClock.Instant) async throws -> Connection {
        let connection = try Connection(configuration: configuration, logger: logger)
        state.withLock { $0.lent[ObjectIdentifier(connection)] = connection }
        do {
            try await connection.open(until: deadline)
            metrics.connectionOpened()
            return connection
        } catch {
            state.withLock { $0.lent[ObjectIdentifier(connection)] = nil }
            await connection.close()
            let failure = error as? PostgresError
            logger.debug(
                "a connection could not be opened",
                metadata: ["error": .string(failure?.description ?? "unknown")]
            )
            throw error
        }
    }

    private func takeBack(_ connection: Connection) async {
        let isWorn = connection.isBroken || isOld(connection)
        let release = state.withLock { state in
            state.lent[ObjectIdentifier(connection)] = nil
            let release = state.pool.release(connection, isWorn: isWorn, now: .now)
            guard case .handOver(let handover) = release else { return (release, nil as Handing?) }
            return (release, Handing(handover, state.continuations.removeValue(forKey: handover.waiter)))
        }
        release.1?.perform()
        if case .close = release.0 { await close(connection) } else { report() }
    }

    /// Each connection's life is up to a tenth shorter, by its own measure, so that not all end at once.
    private func isOld(_ connection: Connection) -> Bool {
        let share = Double(UInt(bitPattern: ObjectIdentifier(connection).hashValue) % 100) / 1000
        return connection.openedAt.duration(to: .now) > configuration.pool.maximumLifetime * (1 - share)
    }

    private func close(_ connection: Connection) async {
        await connection.close()
        serve { $0.freeSlot() }
    }

    private struct Handing {
        var handover: PoolState<Connection>.Handover
        var continuation: CheckedContinuation<Grant, any Error>?

        init(_ handover: PoolState<Connection>.Handover, _ continuation: CheckedContinuation<Grant, any Error>?) {
            self.handover = handover
            self.continuation = continuation
        }

        func perform() {
            continuation?.resume(returning: handover.grant)
        }
    }

    private func serve(_ change: (inout PoolState<Connection>) -> [PoolState<Connection>.Handover]) {
        let (handings, drained) = state.withLock { state in
            let handings = change(&state.pool).map { Handing($0, state.continuations.removeValue(forKey: $0.waiter)) }
            guard state.pool.slots == 0 else { return (handings, nil as CheckedContinuation<Void, Never>?) }
            defer { state.drained = nil }
            return (handings, state.drained)
        }
        for handing in handings { handing.perform() }
        drained?.resume()
        report()
    }

    private func report() {
        let (idle, used, waiting) = state.withLock { ($0.pool.idle.count, $0.pool.inUse, $0.pool.waiters.count) }
        metrics.pool(idle: idle, used: used, waiting: waiting)
    }
}

extension ConnectionPool {
    /// Closes what has been idle or alive for too long.
    func reap() async {
        let now = ContinuousClock.now
        let worn = state.withLock { state in
            state.pool.reap { isOld($0.connection) || $0.since.duration(to: now) > configuration.pool.idleTimeout }
        }
        for connection in worn { await close(connection) }
    }

    /// Refuses new callers, waits for those inside, then cancels what is left. Returns when all is closed, or given up.
    func stop() async {
        let (continuations, idle) = state.withLock { state in
            let (waiters, idle) = state.pool.stop()
            return (waiters.compactMap { state.continuations.removeValue(forKey: $0) }, idle)
        }
        for continuation in continuations {
            continuation.resume(throwing: PostgresError(.closed, "the client was closed"))
        }
        for connection in idle { await close(connection) }
        await drain(for: configuration.pool.shutdownTimeout) {
            let lent = self.state.withLock { Array($0.lent.values) }
            if !lent.isEmpty {
                self.logger.warning("closing while statements run", metadata: ["connections": "\(lent.count)"])
            }
            for connection in lent { connection.cancel.requestCurrent() }
        }
    }

    private func drain(for limit: Duration, _ onTimeout: @escaping @Sendable () -> Void) async {
        let timer = Task {
            try await Task.sleep(for: limit)
            onTimeout()
            // A server that does not even answer a cancel request is given up by the connection's own deadline.
            try await Task.sleep(for: ResponseWait.cancelGrace + .seconds(5))
            abandon()
        }
        defer { timer.cancel() }
        await withCheckedContinuation { continuation in
            let isDrained = state.withLock { state in
                if state.pool.slots == 0 { return true }
                state.drained = continuation
                return false
            }
            if isDrained { continuation.resume() }
        }
    }

    private func abandon() {
        let drained = state.withLock { state in
            defer { state.drained = nil }
            return state.drained
        }
        guard let drained else { return }
        logger.error("connections in use were given up at the end")
        drained.resume()
    }
}
