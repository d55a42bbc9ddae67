// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// One lab job as a lab shows it. The definition is not kept: it is large, and it may hold secrets.
public struct LAVAJob: Sendable, Equatable, Identifiable {
    /// How far a job is. LAVA 2023.01 knows the six named ones.
    public enum State: Sendable, Equatable {
        case submitted, scheduling, scheduled, running, canceling, finished
        /// A state that a newer LAVA may have, as it wrote it.
        case unknown(String)
    }

    /// How a job ended. Failing test cases leave it ``complete``.
    public enum Health: Sendable, Equatable {
        case complete, incomplete, canceled
        /// Not known: the job has not finished, or a newer LAVA wrote something else.
        case unknown(String)
    }

    /// The number that every request about it takes; never the sub-id.
    public var id: Int

    /// The name within a multinode group, such as `39.1`; nil for any other job, or where the group is not shown.
    public var subID: String?

    /// The multinode group it belongs to.
    public var group: LAVAGroup?

    /// Its role within that group, such as `server`; nil for any other job.
    public var role: String? {
        group.flatMap { $0.roles[id] ?? $0.role }
    }

    /// How far it is.
    public var state: State

    /// How it ended.
    public var health: Health

    /// The definition's `job_name`.
    public var description: String

    /// The user who submitted it.
    public var submitter: String

    /// The device type it asks for.
    public var requestedDeviceType: String?

    /// The device it was given; nil before that, and for ever if it was canceled before.
    public var actualDevice: String?

    /// When the lab took it, by the lab's clock, to the microsecond.
    public var submitTime: Date?

    /// When it began to run.
    public var startTime: Date?

    /// When it ended.
    public var endTime: Date?

    /// The comment that the definition begins with, at most 200 bytes: see ``LAVAClient/submit(definition:comment:)``.
    /// In a multinode group LAVA may lose it.
    public var comment: String?

    /// What a person at the lab wrote about its failure.
    public var failureComment: String?

    /// A lab job by hand, for tests of what uses one.
    public init(
        id: Int,
        subID: String? = nil,
        group: LAVAGroup? = nil,
        state: State,
        health: Health,
        description: String = "",
        submitter: String = "",
        requestedDeviceType: String? = nil,
        actualDevice: String? = nil,
        submitTime: Date? = nil,
        startTime: Date? = nil,
        endTime: Date? = nil,
        comment: String? = nil,
        failureComment: String? = nil
    ) {
        self.id = id
        self.subID = subID
        self.group = group
        self.state = state
        self.health = health
        self.description = description
        self.submitter = submitter
        self.requestedDeviceType = requestedDeviceType
        self.actualDevice = actualDevice
        self.submitTime = submitTime
        self.startTime = startTime
        self.endTime = endTime
        self.comment = comment
        self.failureComment = failureComment
    }
}

extension LAVAJob.State {
    /// LAVA's words for those that have a name here.
    private static let words: [(word: String, state: Self)] = [
        ("Submitted", .submitted), ("Scheduling", .scheduling), ("Scheduled", .scheduled), ("Running", .running),
        ("Canceling", .canceling), ("Finished", .finished),
    ]

    /// Reads LAVA's word.
    public init(_ text: String) {
        self = Self.words.first { $0.word == text }?.state ?? .unknown(AnswerText.excerpt(text, limit: 100))
    }

    /// LAVA's word for it.
    public var text: String {
        if case .unknown(let word) = self { return word }
        return Self.words.first { $0.state == self }?.word ?? ""
    }
}

extension LAVAJob.Health {
    /// LAVA's words for those that have a name here.
    private static let words: [(word: String, health: Self)] = [
        ("Complete", .complete), ("Incomplete", .incomplete), ("Canceled", .canceled),
    ]

    /// Reads LAVA's word.
    public init(_ text: String) {
        self = Self.words.first { $0.word == text }?.health ?? .unknown(AnswerText.excerpt(text, limit: 100))
    }

    /// LAVA's word for it.
    public var text: String {
        if case .unknown(let word) = self { return word }
        return Self.words.first { $0.health == self }?.word ?? ""
    }
}
