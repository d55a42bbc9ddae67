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

/// Tasks that wait for something, in order, each with a deadline. The one place that ties continuations, deadlines and
/// cancellation together, so that no waiter is ever resumed twice or never.
struct WaitList<Value: Sendable>: ~Copyable {
    typealias Outcome = Result<Value, AMQPError>

    private struct State {
        var waiting: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
        var order: [UInt64] = []
        var head = 0
        var nextID: UInt64 = 0
    }

    private var state = State()

    init() {}

    var isEmpty: Bool { state.waiting.isEmpty }

    mutating func makeID() -> UInt64 {
        state.nextID += 1
        return state.nextID
    }

    mutating func insert(_ id: UInt64, _ continuation: CheckedContinuation<Outcome, Never>) {
        state.waiting[id] = continuation
        state.order.append(id)
    }

    mutating func remove(_ id: UInt64) -> CheckedContinuation<Outcome, Never>? {
        defer { if state.waiting.isEmpty { state = State(nextID: state.nextID) } }
        return state.waiting.removeValue(forKey: id)
    }

    /// The one that has waited longest.
    mutating func removeFirst() -> CheckedContinuation<Outcome, Never>? {
        while state.head < state.order.count {
            let id = state.order[state.head]
            state.head += 1
            if state.head > 1024 {
                state.order.removeFirst(state.head)
                state.head = 0
            }
            if let continuation = state.waiting.removeValue(forKey: id) { return continuation }
        }
        state.order.removeAll(keepingCapacity: true)
        state.head = 0
        return nil
    }

    mutating func removeAll() -> [CheckedContinuation<Outcome, Never>] {
        let all = Array(state.waiting.values)
        state = State(nextID: state.nextID)
        return all
    }
}

/// Waits until somebody resumes the continuation, the deadline passes or the task is cancelled, whichever is first.
///
/// - Parameters:
///   - insert: Files the continuation, or answers at once with an outcome if there is nothing to wait for.
///   - remove: Takes the continuation back; nil means that somebody else has it and resumes it.
/// - Throws: What the waiter was given, else `timeout` or `cancelled`.
func wait<Value: Sendable>(
    id: UInt64,
    until deadline: ContinuousClock.Instant,
    insert: (CheckedContinuation<Result<Value, AMQPError>, Never>) -> Result<Value, AMQPError>?,
    remove: @escaping @Sendable () -> CheckedContinuation<Result<Value, AMQPError>, Never>?
) async throws(AMQPError) -> Value {
    let alarm = Task {
        try await Task.sleep(until: deadline, clock: .continuous)
        remove()?.resume(returning: .failure(AMQPError(.timeout, "The limit of the wait passed.")))
    }
    defer { alarm.cancel() }
    let outcome = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            if let outcome = insert(continuation) {
                continuation.resume(returning: outcome)
            } else if Task.isCancelled {
                // The handler may have run before the continuation was filed.
                remove()?.resume(returning: .failure(AMQPError(.cancelled, "The task was canceled.")))
            } else if deadline < .now {
                remove()?.resume(returning: .failure(AMQPError(.timeout, "The limit of the wait passed.")))
            }
        }
    } onCancel: {
        remove()?.resume(returning: .failure(AMQPError(.cancelled, "The task was canceled.")))
    }
    return try outcome.get()
}
