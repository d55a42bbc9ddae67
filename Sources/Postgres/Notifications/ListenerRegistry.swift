// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The listeners that are to stop when their client closes.
final class ListenerRegistry: Sendable {
    private struct State {
        var isClosed = false
        var next: UInt64 = 0
        var stops: [UInt64: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// nil if the client is closed.
    func add(_ stop: @escaping @Sendable () -> Void) -> UInt64? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.next &+= 1
            state.stops[state.next] = stop
            return state.next
        }
    }

    func remove(_ id: UInt64) {
        state.withLock { $0.stops[id] = nil }
    }

    func close() {
        let stops = state.withLock { state in
            state.isClosed = true
            defer { state.stops = [:] }
            return Array(state.stops.values)
        }
        for stop in stops { stop() }
    }
}
