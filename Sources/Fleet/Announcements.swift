// SPDX-License-Identifier: Apache-2.0

package import struct Foundation.UUID

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

/// A jobset whose counter has just reached zero; its deliveries exist.
package struct FinishedJobset: Sendable, Hashable {
    package let id: UUID
    /// Which of its lives has ended.
    package let generation: Int

    /// That end of the jobset `id`.
    package init(id: UUID, generation: Int) {
        self.id = id
        self.generation = generation
    }
}

/// A job for which a message has to go out.
package struct AnnouncedJob: Sendable, Hashable {
    /// The job's row.
    package let id: Int
    /// The lab it is for.
    package let backend: String

    /// The job with row `id`.
    package init(id: Int, backend: String) {
        self.id = id
        self.backend = backend
    }
}
