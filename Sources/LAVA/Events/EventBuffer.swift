// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// Where events wait between the event loop, which never waits, and whoever takes them. It is bounded: what comes
/// while it is full is dropped, and a mark is left at that place.
final class EventBuffer: Sendable {
    /// What could not be given.
    struct Counts: Sendable {
        var undecodable = 0
        var dropped = 0
    }

    private struct State {
        var events = CircularBuffer<LAVAEvent>(initialCapacity: 16)
        var counts = Counts()
        /// Set once, by whatever ended the stream first.
        var ending: Result<Void, LAVAError>?
        /// Those who wait for an event; nearly always at most one.
        var waiting: [CheckedContinuation<Void, Never>] = []

        mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
            defer { waiting = [] }
            return waiting
        }
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = max(2, capacity)
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// Puts an event behind the others, or drops it.
    func add(_ event: LAVAEvent) {
        let waiting = state.withLock { state in
            guard state.ending == nil else { return state.takeWaiting() }
            if state.events.count + 1 < capacity {
                state.events.append(event)
            } else {
                // The last place is the mark's.
                state.counts.dropped += 1
                if state.events.last != .overflow { state.events.append(.overflow) }
            }
            return state.takeWaiting()
        }
        for one in waiting { one.resume() }
    }

    /// Counts a message that made no sense.
    func skip() {
        state.withLock { $0.counts.undecodable += 1 }
    }

    /// Ends the stream behind what is still waiting. Only the first ending counts.
    func finish(_ ending: Result<Void, LAVAError>) {
        let waiting = state.withLock { state in
            state.ending = state.ending ?? ending
            return state.takeWaiting()
        }
        for one in waiting { one.resume() }
    }

    /// The next event; nil after the last.
    func next(isolation: isolated (any Actor)? = #isolation) async throws(LAVAError) -> LAVAEvent? {
        while true {
            if Task.isCancelled { throw LAVAError(kind: .cancelled, requestMayHaveBeenProcessed: false) }
            let (event, ending) = state.withLock { ($0.events.popFirst(), $0.ending) }
            if let event { return event }
            if let ending {
                try ending.get()
                return nil
            }
            await untilChanged()
        }
    }

    /// Waits until there may be something to take, or the task is cancelled.
    private func untilChanged(isolation: isolated (any Actor)? = #isolation) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let isDone = state.withLock { state in
                    // Looked at under the lock: a cancellation that is not seen here finds this continuation.
                    if !state.events.isEmpty || state.ending != nil || Task.isCancelled { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            for one in state.withLock({ $0.takeWaiting() }) { one.resume() }
        }
    }
}
