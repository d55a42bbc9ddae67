// SPDX-License-Identifier: Apache-2.0

public import Foundation

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
