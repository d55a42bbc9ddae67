// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A value that can be waited for.
final class Watched<Value: Sendable>: Sendable {
    private struct State: ~Copyable {
        var value: Value
        var waiters = WaitList<Void>()
    }

    private let state: Mutex<State>

    init(_ value: Value) { state = Mutex(State(value: value)) }

    /// The value now.
    var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes all who wait: each looks for itself.
    func update(_ change: @Sendable (inout Value) -> Void) {
        let waiting = state.withLock { state in
            change(&state.value)
            return state.waiters.removeAll()
        }
        for waiter in waiting { waiter.resume(returning: .success(())) }
    }

    /// Sets the value.
    func set(_ value: Value) { update { $0 = value } }

    /// Waits until the value is to the caller's liking; answers what `pick` made of it.
    /// - Throws: `timeout` or `cancelled`.
    func wait<Picked: Sendable>(
        until deadline: ContinuousClock.Instant,
        for pick: @Sendable (Value) -> Picked?
    ) async throws(AMQPError) -> Picked {
        while true {
            let (picked, id) = state.withLock { state -> (Picked?, UInt64) in
                (pick(state.value), state.waiters.makeID())
            }
            if let picked { return picked }
            try await AMQP.wait(id: id, until: deadline) { continuation in
                self.state.withLock { state in
                    if pick(state.value) != nil { return .success(()) }
                    state.waiters.insert(id, continuation)
                    return nil
                }
            } remove: {
                self.state.withLock { $0.waiters.remove(id) }
            }
        }
    }
}
