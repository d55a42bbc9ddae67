// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

/// A word that one task leaves for another.
final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() { state.withLock { $0 = true } }

    /// Waits for the word.
    ///
    /// - Returns: whether it came.
    func wait() async -> Bool {
        try? await eventually("the word", every: .milliseconds(2)) { isSet }
        return isSet
    }
}

/// What has come and nobody has taken yet.
final class Pile: Sendable {
    private let state = Mutex(0)

    func add() { state.withLock { $0 += 1 } }

    func take() -> Int {
        state.withLock { number in
            defer { number = 0 }
            return number
        }
    }
}

/// Whether something comes to its end within the limit; if not, it is left to itself.
func ends(_ body: @escaping @Sendable () async -> Void) async -> Bool {
    let flag = Flag()
    let task = Task {
        await body()
        flag.set()
    }
    defer { task.cancel() }
    return await flag.wait()
}

/// Demands that something comes to its end within the limit.
func expectEnd(
    at location: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable () async -> Void
) async {
    let hasEnded = await ends(body)
    #expect(hasEnded, sourceLocation: location)
}
