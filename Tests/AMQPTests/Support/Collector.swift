// SPDX-License-Identifier: Apache-2.0

import AMQP
import Synchronization
import TestSupport

/// Collects what handlers see, and lets a test wait for it, with a limit.
final class Collector<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiters: [(condition: @Sendable ([Element]) -> Bool, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    struct TimedOut: Error { let collected: Int }

    private let state = Mutex(State())

    var elements: [Element] { state.withLock { $0.elements } }

    func add(_ element: Element) {
        let ready = state.withLock { state in
            state.elements.append(element)
            let ready = state.waiters.filter { $0.condition(state.elements) }
            state.waiters.removeAll { $0.condition(state.elements) }
            return ready
        }
        for waiter in ready { waiter.continuation.resume(returning: true) }
    }

    @discardableResult
    func wait(
        limit: Duration = patience,
        until condition: @escaping @Sendable ([Element]) -> Bool
    ) async throws -> [Element] {
        let alarm = Task {
            try await Task.sleep(for: limit)
            let late = state.withLock { state in
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in late { waiter.continuation.resume(returning: false) }
        }
        defer { alarm.cancel() }
        let isThere = await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if condition(state.elements) { return true }
                state.waiters.append((condition, continuation))
                return false
            }
            if isThere { continuation.resume(returning: true) }
        }
        guard isThere else { throw TimedOut(collected: elements.count) }
        return elements
    }

    @discardableResult
    func wait(forCount count: Int, limit: Duration = patience) async throws -> [Element] {
        try await wait(limit: limit) { $0.count >= count }
    }
}
