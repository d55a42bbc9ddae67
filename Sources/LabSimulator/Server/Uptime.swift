// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Whether the lab is up, and which of its runs this is.
final class Uptime: Sendable {
    private let state = Mutex<(isUp: Bool, run: Int)>((false, 0))

    /// The number of the present run; nil while the lab is down.
    var run: Int? { state.withLock { $0.isUp ? $0.run : nil } }

    var isDown: Bool { run == nil }

    func begin() { state.withLock { $0 = (true, $0.run + 1) } }

    func end() { state.withLock { $0.isUp = false } }
}
