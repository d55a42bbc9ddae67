// SPDX-License-Identifier: Apache-2.0

/// The events of one connection, in the order they came.
///
/// It ends when the lab closes the stream in order, and throws ``LAVAError`` when the connection breaks, when the lab
/// falls silent (``LAVAError/Kind/timeout``) or does not let us in (``LAVAError/Kind/unauthorized(message:)``).
/// What came before that is given first. Taken by several tasks, each event goes to one of them.
public struct LAVAEvents: AsyncSequence, Sendable {
    let buffer: EventBuffer

    /// How many messages could not be understood so far; they were skipped.
    public var undecodableCount: Int { buffer.counts.undecodable }

    /// How many events were dropped so far because too many were waiting; see ``LAVAEvent/overflow``.
    public var droppedCount: Int { buffer.counts.dropped }

    /// Takes the events.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(buffer: buffer)
    }

    /// Takes events one by one.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let buffer: EventBuffer

        /// The next event as soon as there is one; nil after the last.
        ///
        /// - Throws: Why the stream broke; ``LAVAError/Kind/cancelled`` at once if the task is cancelled.
        public mutating func next() async throws(LAVAError) -> LAVAEvent? {
            try await buffer.next()
        }

        /// The next event as soon as there is one, on the caller's actor; nil after the last.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(LAVAError) -> LAVAEvent? {
            try await buffer.next(isolation: actor)
        }
    }
}
