// SPDX-License-Identifier: Apache-2.0

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
