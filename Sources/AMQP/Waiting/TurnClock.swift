// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// When something that goes on turning last did.
final class TurnClock: Sendable {
    private let time = Mutex(SuspendingClock.now)

    /// It turns now.
    func turn() { time.withLock { $0 = .now } }

    /// When it last did.
    var last: SuspendingClock.Instant { time.withLock { $0 } }
}
