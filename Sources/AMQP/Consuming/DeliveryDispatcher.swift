// SPDX-License-Identifier: Apache-2.0

internal import Metrics
internal import Synchronization

/// Runs handlers, at most so many at a time, in tasks of their own; what does not fit waits its turn. The broker's
/// prefetch count bounds how much can wait.
///
/// The tasks are unstructured on purpose: a handler that returns in a cancelled task must still be settled, and one
/// that never returns must not keep the consumer from stopping.
final class DeliveryDispatcher: Sendable {
    /// Sends a settlement; false if the delivery's channel is gone.
    typealias Settle = @Sendable (AMQPSettlement) async -> Bool

    private struct Job: Sendable {
        var subscription: UInt64
        var message: ReceivedMessage
        var settle: Settle
    }

    private struct State {
        var waiting: [Job] = []
        var running: [UInt64: Task<Void, Never>?] = [:]
        var nextID: UInt64 = 0
        var isCancelled = false
    }

    private let state = Mutex(State())
    private let queue: String
    /// What nearly every delivery is counted by.
    private let acked: Counter
    private let concurrency: Int
    private let handler: @Sendable (AMQPDelivery) async -> AMQPSettlement
    /// Deliveries that wait or run.
    let inFlight = Watched(0)

    init(
        queue: String,
        concurrency: Int,
        handler: @escaping @Sendable (AMQPDelivery) async -> AMQPSettlement
    ) {
        self.queue = queue
        acked = Self.counter(queue, AMQPSettlement.ack.rawValue)
        self.concurrency = concurrency
        self.handler = handler
    }

    /// Takes a delivery of a subscription.
    func offer(_ message: ReceivedMessage, subscription: UInt64, settle: @escaping Settle) {
        inFlight.update { $0 += 1 }
        state.withLock { state in
            state.waiting.append(Job(subscription: subscription, message: message, settle: settle))
            startWhatFits(&state)
        }
    }

    /// Forgets what has not begun of a subscription whose channel is gone: the broker delivers it again.
    func forget(subscription: UInt64) {
        let forgotten = state.withLock { state in
            let before = state.waiting.count
            state.waiting.removeAll { $0.subscription == subscription }
            return before - state.waiting.count
        }
        if forgotten > 0 { inFlight.update { $0 -= forgotten } }
    }

    /// Cancels all handlers, those yet to begin included.
    func cancelAll() {
        let tasks = state.withLock { state in
            state.isCancelled = true
            return state.running.values.compactMap { $0 }
        }
        for task in tasks { task.cancel() }
    }

    private static func counter(_ queue: String, _ settlement: String) -> Counter {
        Counter(label: AMQPMetric.deliveries.rawValue, dimensions: [("queue", queue), ("settlement", settlement)])
    }

    private func startWhatFits(_ state: inout State) {
        while state.running.count < concurrency, !state.waiting.isEmpty {
            let job = state.waiting.removeFirst()
            state.nextID += 1
            let id = state.nextID
            state.running[id] = .some(nil)
            let task = Task { await self.work(job, id: id) }
            state.running[id] = task
            if state.isCancelled { task.cancel() }
        }
    }

    private func work(_ job: Job, id: UInt64) async {
        let settlement = await handler(job.message.delivery)
        let isSent = await job.settle(settlement)
        if isSent, settlement == .ack {
            acked.increment()
        } else {
            Self.counter(queue, isSent ? settlement.rawValue : "lost").increment()
        }
        state.withLock { state in
            state.running[id] = nil
            startWhatFits(&state)
        }
        inFlight.update { $0 -= 1 }
    }
}
