// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Synchronization

/// One connection as an actor on its own thread: outside one awaits, inside libpq blocks.
actor Connection {
    nonisolated let cancel: CancelSwitch
    nonisolated let openedAt = ContinuousClock.now
    private nonisolated let broken = Atomic(false)
    private nonisolated let thread = ConnectionThread()
    private let wakeup: Wakeup
    private let configuration: PostgresConfiguration
    private let logger: Logger
    private var session: Session?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe thread.asUnownedSerialExecutor()
    }

    init(configuration: PostgresConfiguration, logger: Logger) throws(PostgresError) {
        let wakeup = try Wakeup()
        self.wakeup = wakeup
        self.cancel = CancelSwitch(wakeup: wakeup)
        self.configuration = configuration
        self.logger = logger
        thread.start(name: "postgres")
    }

    deinit {
        thread.stop()
    }

    /// Found to be useless: to be closed instead of given to the next.
    nonisolated var isBroken: Bool { broken.load(ordering: .acquiring) }

    /// Dials and logs in, until `deadline` and never longer than `connectTimeout`. Heeds the task's cancellation.
    nonisolated func open(until deadline: ContinuousClock.Instant) async throws {
        let lease = cancel.begin()
        try await withTaskCancellationHandler {
            try await dial(until: min(deadline, ContinuousClock.now + configuration.connectTimeout))
        } onCancel: {
            cancel.request(lease: lease)
        }
    }

    /// Runs `body` on this connection's thread. The task's cancellation stops the statement that runs.
    ///
    /// `idleLonger` asks for a round trip first. Throws `StaleConnection` if the connection turns out to be dead before
    /// anything of `body` has run.
    nonisolated func use<R: Sendable>(
        verify: Bool,
        _ body: @escaping @Sendable (Session) throws -> R
    ) async throws -> R {
        let lease = cancel.begin()
        return try await withTaskCancellationHandler {
            try await run(verify: verify, body)
        } onCancel: {
            cancel.request(lease: lease)
        }
    }

    func close() {
        broken.store(true, ordering: .releasing)
        session = nil
    }

    private func dial(until deadline: ContinuousClock.Instant) throws {
        do {
            let raw = try firstThatAnswers(until: deadline)
            let session = Session(raw: raw, cancel: cancel, configuration: configuration, logger: logger)
            if configuration.pooling == .session {
                try session.runUncanceled(configuration.settingsStatement(isLocal: false))
            }
            self.session = session
        } catch {
            broken.store(true, ordering: .releasing)
            throw error
        }
    }

    /// libpq tries its servers one after another, but goes on waiting for one that says nothing: by itself it has no limit
    /// for each. So each may take its share of the time, and a server that has used it up is left out.
    private func firstThatAnswers(until deadline: ContinuousClock.Instant) throws(PostgresError) -> RawConnection {
        var servers = configuration.servers
        while true {
            let now = ContinuousClock.now
            let limit = now + (deadline - now) / max(1, servers.count)
            let raw = try RawConnection(
                parameters: configuration.libpqParameters(servers),
                wakeup: wakeup,
                logger: logger
            )
            do throws(PostgresError) {
                try raw.connect(until: limit, cancel: cancel)
                return raw
            } catch {
                guard servers.count > 1, error.code == .connection, ContinuousClock.now >= limit else { throw error }
                servers.removeFirst()
            }
        }
    }

    private func run<R: Sendable>(verify: Bool, _ body: @Sendable (Session) throws -> R) throws -> R {
        guard let session, session.isAlive(roundTrip: verify) else {
            broken.store(true, ordering: .releasing)
            throw StaleConnection()
        }
        defer {
            session.settle()
            if session.raw.isBroken { broken.store(true, ordering: .releasing) }
        }
        return try body(session)
    }
}

/// A connection was found dead before anything was sent on it, so another may be taken without harm.
struct StaleConnection: Error {}
