// SPDX-License-Identifier: Apache-2.0

public import Foundation

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

/// What a lab's event stream gives.
public enum LAVAEvent: Sendable, Equatable {
    /// The stream is open. Always the first element: what happened before it is known by asking only, since LAVA
    /// replays nothing.
    case connected

    /// A job changed its state.
    case job(LAVAJobEvent)

    /// Events came faster than they were taken, and at this place some were dropped: catch up by asking.
    case overflow
}

/// What a lab says of a job whose state changed.
///
/// It is a hint, never the truth: LAVA may send it before it has saved the change, so that a request made at once
/// still shows the state before; states may come twice or go backwards; and a lab that restarts loses some.
public struct LAVAJobEvent: Sendable, Equatable {
    /// The job's number.
    public var job: Int

    /// How far it is.
    public var state: LAVAJob.State

    /// How it ended; unknown until then.
    public var health: LAVAJob.Health

    /// The name within a multinode group, such as `39.1`; nil for any other job, and in a group's very first event.
    public var subID: String?

    /// The device it was given.
    public var device: String?

    /// The definition's `job_name`, at most 200 characters of it.
    public var description: String

    /// The user who submitted it.
    public var submitter: String

    /// When the lab took it, by the lab's clock.
    public var submitTime: Date?

    /// When it began to run.
    public var startTime: Date?

    /// When it ended.
    public var endTime: Date?

    /// When the event was sent, by the lab's clock.
    public var sentTime: Date?

    /// An event by hand, for tests of what uses one.
    public init(
        job: Int,
        state: LAVAJob.State,
        health: LAVAJob.Health = .unknown("Unknown"),
        subID: String? = nil,
        device: String? = nil,
        description: String = "",
        submitter: String = "",
        submitTime: Date? = nil,
        startTime: Date? = nil,
        endTime: Date? = nil,
        sentTime: Date? = nil
    ) {
        self.job = job
        self.state = state
        self.health = health
        self.subID = subID
        self.device = device
        self.description = description
        self.submitter = submitter
        self.submitTime = submitTime
        self.startTime = startTime
        self.endTime = endTime
        self.sentTime = sentTime
    }
}
