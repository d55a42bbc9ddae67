// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation

/// The jobset that a report is about.
public struct ReportedJobset: Sendable, Equatable {
    /// Its id.
    public var id: UUID
    /// `/group/project/version`.
    public var build: String
    /// Which of its lives has ended, from 1.
    public var generation: Int
    /// What became of it.
    public var verdict: Verdict
    /// What the publisher marked it with.
    public var labels: [String: String]
    /// When somebody canceled it.
    public var canceledAt: Date?
    /// Why, in the words of whoever did.
    public var canceledReason: String?
    /// When its deadline ended what was outstanding.
    public var deadlinePassedAt: Date?
    /// Why it was sealed, if not by its owner.
    public var sealedReason: String?
    /// When it was accepted.
    public var createdAt: Date
    /// When its last job came back.
    public var finishedAt: Date

    /// A jobset as given.
    public init(
        id: UUID,
        build: String,
        generation: Int,
        verdict: Verdict,
        labels: [String: String],
        canceledAt: Date? = nil,
        canceledReason: String? = nil,
        deadlinePassedAt: Date? = nil,
        sealedReason: String? = nil,
        createdAt: Date,
        finishedAt: Date
    ) {
        self.id = id
        self.build = build
        self.generation = generation
        self.verdict = verdict
        self.labels = labels
        self.canceledAt = canceledAt
        self.canceledReason = canceledReason
        self.deadlinePassedAt = deadlinePassedAt
        self.sealedReason = sealedReason
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}
