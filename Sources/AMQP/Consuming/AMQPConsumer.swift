// SPDX-License-Identifier: Apache-2.0

public import Logging
public import ServiceLifecycle
internal import Synchronization

/// Consumes one queue, on a connection of its own, and connects again by itself.
///
/// Handlers run concurrently on Swift's own threads, never on the connection's. What a handler returns is sent when it
/// returns; a delivery whose connection was lost meanwhile is not settled at all: the broker delivers it again.
/// So a handler must be safe to repeat, and should return well within the broker's ack timeout (30 minutes by default).
public final class AMQPConsumer: Service, Sendable {
    /// How far the consumer has come.
    public enum State: Sendable, Hashable {
        /// Not connected, or not yet consuming.
        case connecting
        /// Deliveries may come.
        case consuming
        /// No more deliveries; those in flight are being finished.
        case draining
        /// Over.
        case stopped
    }

    let configuration: AMQPConfiguration
    let topology: AMQPTopology
    let queue: String
    let prefetch: UInt16
    let drainTimeout: Duration
    let logger: Logger
    let observations: Observations
    let watchedState = Watched(State.connecting)
    let isStopping = Watched(false)
    let turns = TurnClock()
    let dispatcher: DeliveryDispatcher
    private let hasRun = Atomic(false)

    /// A consumer; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: How to reach the broker.
    ///   - topology: What to declare on every connection, and again when the broker ends the consumer.
    ///   - queue: The queue to consume.
    ///   - prefetch: How many deliveries may be unsettled at a time, at least 1.
    ///   - concurrency: How many handlers may run at a time; as many as `prefetch` if nil.
    ///   - drainTimeout: How long deliveries in flight may take after the service is told to stop.
    ///   - logger: Where to tell of connections lost and made.
    ///   - handler: What to do with a delivery; what it returns settles it.
    public init(
        configuration: AMQPConfiguration,
        topology: AMQPTopology = .init(),
        queue: String,
        prefetch: UInt16,
        concurrency: Int? = nil,
        drainTimeout: Duration = .seconds(25),
        logger: Logger,
        handler: @escaping @Sendable (AMQPDelivery) async -> AMQPSettlement
    ) {
        self.configuration = configuration
        self.topology = topology
        self.queue = queue
        self.prefetch = max(1, prefetch)
        self.drainTimeout = drainTimeout
        self.logger = logger
        observations = Observations(role: .consumer, logger: logger)
        dispatcher = DeliveryDispatcher(
            queue: queue,
            concurrency: max(1, concurrency ?? Int(max(1, prefetch))),
            handler: handler
        )
    }

    /// How far the consumer has come.
    public var state: State { watchedState.value }

    /// Whether deliveries may come, or are being finished, on a live connection.
    public var isConnected: Bool { state == .consuming || state == .draining }

    /// When it last turned: looked at the socket of its connection, which it does at least once in a heartbeat's interval,
    /// or began to connect again, which it does at least every `maximumReconnectDelay` and the limits of one try. One that has
    /// not for much longer is stuck.
    public var lastTurn: SuspendingClock.Instant { turns.last }

    /// Waits until the broker has accepted the consumer.
    /// - Throws: ``AMQPError`` with code `timeout`, `cancelled` or, if the consumer is over, `closed`.
    public func waitUntilConsuming(timeout: Duration) async throws(AMQPError) {
        let reached = try await watchedState.wait(until: .now + timeout) { state -> State? in
            state == .connecting ? nil : state
        }
        guard reached == .consuming else { throw AMQPError(.closed, "The consumer is stopping or stopped.") }
    }

    /// Consumes until the service is shut down or the task cancelled. On shutdown the broker is told to send no more,
    /// what is in flight is finished and settled within the drain limit, and the connection is closed. On cancellation
    /// handlers are cancelled too, and have the same limit to return.
    ///
    /// - Throws: ``AMQPError`` if the very first connection fails for a reason that a person has to mend
    ///   (``AMQPError/isFatal``): a login refused, a certificate not accepted, a topology in conflict.
    public func run() async throws {
        guard !hasRun.exchange(true, ordering: .relaxed) else {
            throw AMQPError(.invalidArgument, "A consumer can be run once.")
        }
        defer {
            watchedState.set(.stopped)
            observations.disconnected()
        }
        try await withGracefulShutdownHandler {
            try await withTaskCancellationHandler {
                try await keepConsuming()
            } onCancel: {
                dispatcher.cancelAll()
                isStopping.set(true)
            }
        } onGracefulShutdown: {
            self.isStopping.set(true)
        }
    }
}
