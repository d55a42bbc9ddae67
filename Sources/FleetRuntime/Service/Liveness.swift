// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The loops that go on for as long as a process does its work, and when each of them last turned.
///
/// A loop turns whether its database, its broker or its lab is there or not: it fails, pauses and tries again. So one that
/// has not turned for longer than its limit is stuck, and starting the process again helps. `/health/live` says so, and the
/// service manager's watchdog is no longer fed (``Watchdog``).
package final class Liveness: Sendable {
    /// The loops of this process.
    package static let ofProcess = Liveness()

    /// How long one turn of a loop may take, in addition to its pause: far more than the limits of all that it waits for.
    package static let turnLimit: Duration = .seconds(900)

    private struct Loop {
        let name: String
        let limit: Duration
        let lastTurn: @Sendable () -> SuspendingClock.Instant
    }

    private struct State {
        var next = 0
        var loops: [Int: Loop] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Watches a loop for as long as `body` takes.
    ///
    /// - Parameters:
    ///   - name: What the loop does, for logs and `/health/live`.
    ///   - limit: How long ago its last turn may have begun.
    ///   - lastTurn: When that was.
    package func watching<Value>(
        _ name: String,
        limit: Duration,
        lastTurn: @escaping @Sendable () -> SuspendingClock.Instant,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        let number = state.withLock { state in
            state.next += 1
            state.loops[state.next] = Loop(name: name, limit: limit, lastTurn: lastTurn)
            return state.next
        }
        defer { state.withLock { _ = $0.loops.removeValue(forKey: number) } }
        return try await body()
    }

    /// Watches a loop that marks each of its turns.
    package func watching<Value>(
        _ name: String,
        limit: Duration,
        _ body: (TurnMark) async throws -> Value
    ) async rethrows -> Value {
        let mark = TurnMark()
        return try await watching(name, limit: limit, lastTurn: { mark.last }) { try await body(mark) }
    }

    /// The names of the loops that are stuck, in order.
    package var stuck: [String] {
        // Outside of the lock: what a loop is asked belongs to others.
        let loops = state.withLock { Array($0.loops.values) }
        let now = SuspendingClock.now
        return loops.filter { now - $0.lastTurn() > $0.limit }.map(\.name).sorted()
    }
}

/// When a loop last turned.
package final class TurnMark: Sendable {
    private let time = Mutex(SuspendingClock.now)

    /// A turn begins.
    package func turn() { time.withLock { $0 = .now } }

    /// When the last one began.
    package var last: SuspendingClock.Instant { time.withLock { $0 } }
}
