// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Hands out a bounded number of permits, first come, first served.
final class PermitPool: Sendable {
    private struct State: ~Copyable {
        var available: Int
        var isClosed = false
        var waiters = WaitList<Void>()
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(available: max(1, count))) }

    /// Takes a permit, waiting for one until the deadline.
    /// - Throws: `timeout`, `cancelled` or `closed`.
    func acquire(until deadline: ContinuousClock.Instant) async throws(AMQPError) {
        let id = try state.withLock { state throws(AMQPError) -> UInt64? in
            guard !state.isClosed else { throw AMQPError(.closed, "The publisher is closed.") }
            guard state.available == 0 else {
                state.available -= 1
                return nil
            }
            return state.waiters.makeID()
        }
        guard let id else { return }
        try await wait(id: id, until: deadline) { continuation in
            self.state.withLock { state in
                if state.isClosed { return .failure(AMQPError(.closed, "The publisher is closed.")) }
                if state.available > 0 {
                    state.available -= 1
                    return .success(())
                }
                state.waiters.insert(id, continuation)
                return nil
            }
        } remove: {
            self.state.withLock { $0.waiters.remove(id) }
        }
    }

    /// Gives a permit back.
    func release() {
        let next = state.withLock { state in
            let waiter = state.waiters.removeFirst()
            if waiter == nil { state.available += 1 }
            return waiter
        }
        next?.resume(returning: .success(()))
    }

    /// Whoever waits now or later gets an error.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            return state.waiters.removeAll()
        }
        for waiter in waiting { waiter.resume(returning: .failure(AMQPError(.closed, "The publisher is closed."))) }
    }
}
