// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle
import Synchronization

/// Lets so many through at once; whoever comes later waits in line. At a shutdown it closes, and lets nobody through.
package final class Turnstile: Service, Sendable {
    private struct Waiter {
        let id: Int
        let isThrough: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var isClosed = false
        var waiters: [Waiter] = []
        var lastID = 0

        mutating func enter() -> Bool {
            guard !isClosed, free > 0 else { return false }
            free -= 1
            return true
        }
    }

    private let state: Mutex<State>

    /// - Parameter maximum: How many are let through before one has left.
    package init(maximum: Int) { state = Mutex(State(free: max(1, maximum))) }

    /// How many wait in line.
    package var waitingCount: Int { state.withLock { $0.waiters.count } }

    /// Lets the caller through if that is possible at once.
    package func enterNow() -> Bool { state.withLock { $0.enter() } }

    /// Waits until the caller is let through.
    ///
    /// - Returns: `false` when it is closed, or the caller cancelled.
    package func enter() async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThrough: Bool? = state.withLock { state in
                    // Looked at under the lock: a cancellation that is not seen here finds this waiter.
                    if state.isClosed || Task.isCancelled { return false }
                    if state.enter() { return true }
                    state.waiters.append(Waiter(id: id, isThrough: continuation))
                    return nil
                }
                if let isThrough { continuation.resume(returning: isThrough) }
            }
        } onCancel: {
            turnAway { $0.id == id }
        }
    }

    /// Waits as ``enter()`` does, and does `beat` again and again meanwhile.
    ///
    /// - Throws: `CancellationError` when the caller is cancelled; it has no place then.
    package func enter(every pause: Duration, _ beat: @escaping @Sendable () async -> Void) async throws -> Bool {
        let isThrough = Atomic(false)
        do {
            return try await withPulse(every: pause, beat) {
                guard await self.enter() else { return false }
                isThrough.store(true, ordering: .relaxed)
                return true
            }
        } catch {
            // Let through in the moment in which the caller was cancelled.
            if isThrough.load(ordering: .relaxed) { leave() }
            throw error
        }
    }

    /// To be called by each that was let through, when it is done.
    package func leave() {
        let next: Waiter? = state.withLock { state in
            guard !state.waiters.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.isThrough.resume(returning: true)
    }

    /// Closes at a graceful shutdown.
    package func run() async throws {
        try? await gracefulShutdown()
        state.withLock { $0.isClosed = true }
        turnAway { _ in true }
    }

    private func turnAway(_ isMeant: (Waiter) -> Bool) {
        let meant = state.withLock { state in
            defer { state.waiters.removeAll(where: isMeant) }
            return state.waiters.filter(isMeant)
        }
        for waiter in meant { waiter.isThrough.resume(returning: false) }
    }
}
