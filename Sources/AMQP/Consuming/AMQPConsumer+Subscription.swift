// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension AMQPConsumer {
    /// Why a subscription ended.
    private enum End: Sendable {
        case connectionClosed(AMQPError?)
        case channelClosed(AMQPError?)
        case cancelledByBroker
        case stop
    }

    /// Connects and subscribes; when that ends, again, with growing pauses.
    func keepConsuming() async throws {
        var attempt = 0
        var hasConsumed = false
        while !isStopping.value {
            do throws(AMQPError) {
                try await serveOneConnection {
                    attempt = 0
                    hasConsumed = true
                }
            } catch {
                if error.isFatal && !hasConsumed && !configuration.survivesRefusal { throw error }
                watchedState.set(.connecting)
                await pause(after: error, attempt: &attempt)
            }
        }
    }

    private func pause(after error: AMQPError, attempt: inout Int) async {
        let delay = configuration.reconnectDelay(attempt: attempt)
        attempt += 1
        observations.retrying(after: error, delay: delay)
        // Returns early, with true, when the service is told to stop.
        _ = try? await isStopping.wait(until: .now + delay) { $0 ? true : nil }
    }

    /// One connection from its making to its end. Returns when told to stop, throws when it is lost.
    private func serveOneConnection(onConsuming: () -> Void) async throws(AMQPError) {
        let (ends, continuation) = AsyncStream.makeStream(of: End.self, bufferingPolicy: .bufferingOldest(64))
        turns.turn()
        let connection = try await Connection.open(
            configuration,
            name: "amqp-consumer",
            logger: logger,
            turns: turns
        ) { event in
            if case .closed(let error) = event { continuation.yield(.connectionClosed(error)) }
        }
        let isStopping = self.isStopping
        let stopper = Task {
            _ = try? await isStopping.wait(until: .now + .seconds(1_000_000_000)) { $0 ? true : nil }
            continuation.yield(.stop)
        }
        defer { stopper.cancel() }
        do throws(AMQPError) {
            observations.connected(await connection.reached)
            var attempt = 0
            var subscription: Subscription?
            while true {
                subscription = try await subscribe(on: connection, again: subscription) { continuation.yield($0) }
                onConsuming()
                watchedState.set(.consuming)
                switch await Self.firstEnd(ends) {
                case .stop:
                    return await drain(connection, subscription)
                case .connectionClosed(let error):
                    throw error ?? AMQPError(.connectionLost, "The connection was closed.")
                case .channelClosed(let error):
                    watchedState.set(.connecting)
                    guard let error, error.code == .channelClosed else { continue }
                    observations.channelClosed(error)
                    await pause(after: error, attempt: &attempt)
                case .cancelledByBroker:
                    watchedState.set(.connecting)
                    observations.consumerCancelled(queue: queue)
                    let error = AMQPError(.channelClosed, "The broker canceled the consumer of '\(queue)'.")
                    await pause(after: error, attempt: &attempt)
                }
                if isStopping.value { return await drain(connection, subscription) }
            }
        } catch {
            // Closing settles nothing: what handlers still return belongs to a connection that is gone.
            await connection.close()
            throw error
        }
    }

    private static func firstEnd(_ ends: AsyncStream<End>) async -> End {
        for await end in ends { return end }
        return .stop
    }

    /// Declares the topology and subscribes, on a channel of its own. A channel whose consumer was cancelled is used
    /// again: deliveries in flight can be settled on no other.
    private func subscribe(
        on connection: Connection,
        again: Subscription?,
        onEnd: @escaping @Sendable (End) -> Void
    ) async throws(AMQPError) -> Subscription {
        try await connection.declare(topology)
        if let again, let channel = again.channel, await connection.isOpen(channel: channel) {
            try await consume(on: connection, channel: channel, again)
            return again
        }
        let id = Subscription.makeID()
        let subscription = Subscription(id: id, consumerTag: "muster-\(id)-\(UInt32.random(in: 0 ... .max))")
        let dispatcher = self.dispatcher
        let channel = try await connection.openChannel { [weak connection] event in
            switch event {
            case .delivery(let message):
                guard let connection, let number = subscription.channel else { return }
                let tag = message.address.deliveryTag
                dispatcher.offer(message, subscription: id) { settlement in
                    await connection.settle(channel: number, deliveryTag: tag, settlement)
                }
            case .consumerCancelled: onEnd(.cancelledByBroker)
            case .closed(let error):
                dispatcher.forget(subscription: id)
                onEnd(.channelClosed(error))
            }
        }
        subscription.set(channel: channel)
        try await connection.call(channel: channel, .basicQos(prefetch: prefetch))
        try await consume(on: connection, channel: channel, subscription)
        return subscription
    }

    private func consume(
        on connection: Connection,
        channel: UInt16,
        _ subscription: Subscription
    ) async throws(AMQPError) {
        let tag = subscription.consumerTag
        try await connection.call(channel: channel, .basicConsume(queue: queue, consumerTag: tag, arguments: [:]))
    }

    /// Stops deliveries, lets handlers finish, settles, closes; up to the drain limit.
    private func drain(_ connection: Connection, _ subscription: Subscription?) async {
        watchedState.set(.draining)
        let (dispatcher, observations, limit) = (self.dispatcher, self.observations, drainTimeout)
        let work = Task {
            if let subscription, let channel = subscription.channel {
                let cancel = ClientMethod.basicCancel(consumerTag: subscription.consumerTag)
                _ = try? await connection.call(channel: channel, cancel)
            }
            observations.draining(dispatcher.inFlight.value)
            _ = try? await dispatcher.inFlight.wait(until: .now + limit) { $0 == 0 ? true : nil }
            let left = dispatcher.inFlight.value
            if left > 0 {
                observations.drainExpired(left)
                dispatcher.cancelAll()
            }
            // The call to close is queued behind the settlements, so they are written first.
            await connection.close()
        }
        // A task of its own: the one that runs the consumer may be cancelled, and settling must not be.
        await work.value
    }
}

/// One `basic.consume`: deliveries are settled on its channel or not at all.
final class Subscription: Sendable {
    private static let lastID = Atomic<UInt64>(0)

    let id: UInt64
    let consumerTag: String
    private let number = Mutex<UInt16?>(nil)

    init(id: UInt64, consumerTag: String) {
        self.id = id
        self.consumerTag = consumerTag
    }

    static func makeID() -> UInt64 { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Its channel, once it is open.
    var channel: UInt16? { number.withLock { $0 } }

    func set(channel: UInt16) { number.withLock { $0 = channel } }
}
