// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a lab's event stream gives.
package enum LabEvent: Sendable, Equatable {
    /// The stream is open. Always the first: what happened before is known by asking only.
    case connected
    /// A job has changed.
    case job(LabJobEvent)
    /// Events came faster than they were taken, and some were dropped: catch up by asking.
    case overflow
}

/// What a lab says of a job that has changed. It is a hint, never the truth: it may come before the lab has saved the
/// change, twice, in the wrong order, or not at all.
package struct LabJobEvent: Sendable, Equatable {
    package var id: LabJobID
    package var state: LabJobState
    package var health: LabHealth
    package var device: String?
    /// The user who submitted it.
    package var submitter: String
    /// By the lab's clock, as are the other times.
    package var submitTime: Date?
    package var startTime: Date?
    package var endTime: Date?

    package init(
        id: LabJobID,
        state: LabJobState,
        health: LabHealth,
        device: String? = nil,
        submitter: String = "",
        submitTime: Date? = nil,
        startTime: Date? = nil,
        endTime: Date? = nil
    ) {
        self.id = id
        self.state = state
        self.health = health
        self.device = device
        self.submitter = submitter
        self.submitTime = submitTime
        self.startTime = startTime
        self.endTime = endTime
    }
}

/// The events of one connection, in the order they came. It ends when the lab closes the stream in order, and throws
/// ``LabError`` when the connection breaks.
package struct LabEvents: AsyncSequence, Sendable {
    package typealias Element = LabEvent
    package typealias Failure = any Error

    private let take: @Sendable () async throws -> LabEvent?

    /// - Parameter take: The next event as soon as there is one; nil after the last.
    package init(_ take: @escaping @Sendable () async throws -> LabEvent?) { self.take = take }

    package func makeAsyncIterator() -> Iterator { Iterator(take: take) }

    /// Takes events one by one.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let take: @Sendable () async throws -> LabEvent?

        package func next() async throws -> LabEvent? { try await take() }
    }
}
