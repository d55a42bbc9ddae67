// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

/// A word that one task leaves for another.
final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() { state.withLock { $0 = true } }
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

/// Waits until a condition holds.
///
/// - Returns: whether it did within a limit that is far from what it takes.
func eventually(_ condition: () -> Bool) async -> Bool {
    let limit = ContinuousClock.now + .seconds(30)
    while !condition() {
        guard ContinuousClock.now < limit else { return false }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return true
}

/// Whether something comes to its end within the limit; if not, it is left to itself.
func ends(_ body: @escaping @Sendable () async -> Void) async -> Bool {
    let flag = Flag()
    let task = Task {
        await body()
        flag.set()
    }
    defer { task.cancel() }
    return await eventually { flag.isSet }
}

/// Demands that something comes to its end within the limit.
func expectEnd(
    at location: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable () async -> Void
) async {
    let hasEnded = await ends(body)
    #expect(hasEnded, sourceLocation: location)
}
