// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Lets one task sleep until others have something for it, or until its time has come.
///
/// A call that comes while nobody sleeps is kept, so none is missed; several are one. Whoever wakes looks for itself
/// what there is to do, since a wake may also come for nothing.
final class Wake: Sendable {
    private struct State {
        var isCalled = false
        var sleeper: CheckedContinuation<Void, Never>?

        /// Nothing is kept for later when somebody is woken.
        mutating func wake() -> CheckedContinuation<Void, Never>? {
            guard let sleeper else { return nil }
            self.sleeper = nil
            isCalled = false
            return sleeper
        }
    }

    private let state = Mutex(State())

    /// Wakes the sleeper, or the next one as soon as it would sleep.
    func call() {
        state.withLock { state in
            state.isCalled = true
            return state.wake()
        }?.resume()
    }

    /// Sleeps until it is called, the time has come, or the task is cancelled. One task at a time.
    func sleep(until deadline: ContinuousClock.Instant) async {
        guard deadline > .now else { return }
        let timer = Task {
            try? await Task.sleep(until: deadline, clock: .continuous)
            if !Task.isCancelled { self.call() }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwake = state.withLock { state in
                    guard !state.isCalled, !Task.isCancelled, state.sleeper == nil else {
                        state.isCalled = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isAwake { continuation.resume() }
            }
        } onCancel: {
            call()
        }
        timer.cancel()
    }
}
