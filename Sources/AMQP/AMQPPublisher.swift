// SPDX-License-Identifier: Apache-2.0

public import Logging
internal import Metrics
public import ServiceLifecycle
internal import Synchronization

/// Publishes with confirms, on a connection of its own, and connects again by itself.
///
/// ```swift
/// let publisher = AMQPPublisher(configuration: try AMQPConfiguration(url: url), logger: logger)
/// // in a ServiceGroup, or a task of your own: try await publisher.run()
/// try await publisher.publish(AMQPMessage(text: "hello"), exchange: "", routingKey: "greetings")
/// ```
///
/// - Important: Nothing is sent before ``run()`` has been called: a publish waits for it, up to its limit.
public final class AMQPPublisher: Service, Sendable {
    /// What publishes can go out on at present.
    enum Link: Sendable {
        case down(AMQPError?)
        case up(Connection, channel: UInt16)
        case closed
    }

    let configuration: AMQPConfiguration
    let topology: AMQPTopology
    let logger: Logger
    let observations: Observations
    let link = Watched(Link.down(nil))
    let isStopping = Watched(false)
    let outstanding = Watched(0)
    let turns = TurnClock()
    private let permits: PermitPool
    private let maximumUnconfirmed: Int
    private let hasRun = Atomic(false)
    private let confirmed = Counter(label: AMQPMetric.published.rawValue, dimensions: [("outcome", "confirmed")])
    private let confirmTime = Metrics.Timer(label: AMQPMetric.confirmTime.rawValue, preferredDisplayUnit: .seconds)

    /// A publisher; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: How to reach the broker.
    ///   - topology: What to declare on every connection.
    ///   - maximumUnconfirmed: How many publishes may wait for their confirm at a time; further callers wait.
    ///   - logger: Where to tell of connections lost and made.
    public init(
        configuration: AMQPConfiguration,
        topology: AMQPTopology = .init(),
        maximumUnconfirmed: Int = 1000,
        logger: Logger
    ) {
        self.configuration = configuration
        self.topology = topology
        self.logger = logger
        self.maximumUnconfirmed = max(1, maximumUnconfirmed)
        permits = PermitPool(maximumUnconfirmed)
        observations = Observations(role: .publisher, logger: logger)
    }

    /// Whether a publish would go out at once.
    public var isConnected: Bool {
        if case .up = link.value { true } else { false }
    }

    /// When it last turned, as ``AMQPConsumer/lastTurn``.
    public var lastTurn: SuspendingClock.Instant { turns.last }

    /// Waits until the publisher is connected and its topology declared.
    /// - Throws: ``AMQPError`` with code `timeout`, `cancelled` or `closed`.
    public func waitUntilConnected(timeout: Duration) async throws(AMQPError) {
        _ = try await usableLink(until: .now + timeout)
    }

    /// Connects, and connects again, until the service is shut down or the task cancelled; then waits for what is
    /// outstanding (up to the publish limit) and closes.
    ///
    /// - Throws: ``AMQPError`` if the very first connection fails for a reason that a person has to mend
    ///   (``AMQPError/isFatal``): a login refused, a certificate not accepted, a topology in conflict.
    public func run() async throws {
        guard !hasRun.exchange(true, ordering: .relaxed) else {
            throw AMQPError(.invalidArgument, "A publisher can be run once.")
        }
        defer {
            permits.close()
            link.set(.closed)
            observations.disconnected()
        }
        try await withGracefulShutdownHandler {
            try await withTaskCancellationHandler {
                try await keepConnected()
            } onCancel: {
                isStopping.set(true)
            }
        } onGracefulShutdown: {
            self.isStopping.set(true)
        }
    }

    /// Publishes a message and returns once the broker has confirmed it and, if it is mandatory, has not returned it.
    ///
    /// Many callers share one channel, so confirms are pipelined. The limit is the configuration's `publishTimeout`.
    ///
    /// - Throws: ``AMQPError`` with code `unroutable`, `nacked`, `timeout`, `connectionLost`, `channelClosed`
    ///   (such as 404 for a missing exchange), `tooLarge`, `invalidArgument`, `cancelled` or `closed`. Where
    ///   ``AMQPError/isInDoubt`` is set the message may have been stored all the same: publishing it again may store
    ///   it twice.
    public func publish(
        _ message: AMQPMessage,
        exchange: String,
        routingKey: String,
        mandatory: Bool = true
    ) async throws(AMQPError) {
        try await publish(
            AMQPPublication(message: message, exchange: exchange, routingKey: routingKey, mandatory: mandatory)
        )
    }

    /// Publishes many messages, pipelined, and returns once all are confirmed.
    /// - Throws: ``AMQPBatchError``, which tells which of them failed and why; all others are confirmed.
    public func publish(_ batch: [AMQPPublication]) async throws {
        var failures: [Int: AMQPError] = [:]
        await withTaskGroup(of: (Int, AMQPError)?.self) { group in
            for (index, publication) in batch.enumerated() {
                if index >= maximumUnconfirmed, let failure = await group.next() ?? nil {
                    failures[failure.0] = failure.1
                }
                group.addTask {
                    do throws(AMQPError) {
                        try await self.publish(publication)
                        return nil
                    } catch {
                        return (index, error)
                    }
                }
            }
            for await case let failure? in group { failures[failure.0] = failure.1 }
        }
        guard failures.isEmpty else { throw AMQPBatchError(failures: failures) }
    }

    private func publish(_ publication: AMQPPublication) async throws(AMQPError) {
        guard publication.message.body.count <= configuration.maximumBodySize else {
            throw AMQPError(.tooLarge, "The body takes more than \(configuration.maximumBodySize) bytes.")
        }
        let begin = ContinuousClock.now
        let deadline = begin + configuration.publishTimeout
        do throws(AMQPError) {
            try await permits.acquire(until: deadline)
            outstanding.update { $0 += 1 }
            defer {
                outstanding.update { $0 -= 1 }
                permits.release()
            }
            try await send(publication, until: deadline)
        } catch {
            Counter(label: AMQPMetric.published.rawValue, dimensions: [("outcome", error.code.rawValue)]).increment()
            throw error
        }
        confirmed.increment()
        let (seconds, attoseconds) = (ContinuousClock.now - begin).components
        confirmTime.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// What was not sent because its connection or channel went away is sent on the next one.
    private func send(_ publication: AMQPPublication, until deadline: ContinuousClock.Instant) async throws(AMQPError) {
        while true {
            let (connection, channel) = try await usableLink(until: deadline)
            do throws(AMQPError) {
                return try await connection.publish(channel: channel, publication, until: deadline)
            } catch  where !error.isInDoubt && (error.code == .connectionLost || error.code == .closed) {
                // The link is replaced by the one who watches it; until then it must not be tried in a tight loop.
                markDown(connection, channel, error)
            }
        }
    }

    private func markDown(_ connection: Connection, _ channel: UInt16, _ error: AMQPError) {
        link.update { link in
            if case .up(let current, channel) = link, current === connection { link = .down(error) }
        }
    }

    private func usableLink(
        until deadline: ContinuousClock.Instant
    ) async throws(AMQPError) -> (Connection, channel: UInt16) {
        let found: Result<(Connection, channel: UInt16), AMQPError>
        do throws(AMQPError) {
            found = try await link.wait(until: deadline) { link in
                switch link {
                case .up(let connection, let channel): .success((connection, channel))
                case .closed: .failure(AMQPError(.closed, "The publisher is closed."))
                case .down: nil
                }
            }
        } catch {
            guard error.code == .timeout, case .down(let cause) = link.value, let cause else { throw error }
            throw AMQPError(.timeout, "There was no connection within the limit: \(cause).")
        }
        return try found.get()
    }
}

/// Some messages of a batch were not confirmed; all others were.
public struct AMQPBatchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, by the position in the batch.
    public let failures: [Int: AMQPError]

    /// An error for the given positions.
    public init(failures: [Int: AMQPError]) { self.failures = failures }

    /// The number of failures and the first of them.
    public var description: String {
        let first = failures.min { $0.key < $1.key }
        return "\(failures.count) messages of the batch failed; number \(first?.key ?? 0): "
            + (first.map { "\($0.value)" } ?? "")
    }
}
