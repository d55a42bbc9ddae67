// SPDX-License-Identifier: Apache-2.0

/// What a step has done, held back until the jobsets that it has finished are announced.
///
/// Whoever wants to know what the step did announces first, and so nobody forgets to. A notifier that is not told of an
/// end finds out by itself, but later.
package struct Unannounced<Value: Sendable>: Sendable {
    /// The jobsets that the step has finished; their deliveries exist.
    package let finished: [FinishedJobset]
    private let value: Value

    /// A step that did `value`, and finished these jobsets.
    package init(_ value: Value, finished: [FinishedJobset]) {
        self.value = value
        self.finished = finished
    }

    /// Announces the jobsets, if there are any, and then tells what else the step did.
    package func announced<Failure: Error>(
        by announce: ([FinishedJobset]) async throws(Failure) -> Void
    ) async throws(Failure) -> Value {
        if !finished.isEmpty { try await announce(finished) }
        return value
    }
}

extension Unannounced<Void> {
    /// A step that has done nothing but finish these jobsets.
    package init(finished: [FinishedJobset]) { self.init((), finished: finished) }
}
