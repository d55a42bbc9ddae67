// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation

/// One submission of a job.
public struct ReportedAttempt: Sendable, Equatable {
    /// Counts from 1 within its job.
    public var number: Int
    /// How it ended; `nil` of one that did not, which no finished job should have.
    public var outcome: JobOutcome?
    /// Why it did not complete.
    public var reason: String?
    /// When its lab had taken it.
    public var submittedAt: Date?
    /// When it ended.
    public var endedAt: Date?
    /// What the lab made of it.
    public var labJobs: [ReportedLabJob]

    /// An attempt as given.
    public init(
        number: Int,
        outcome: JobOutcome?,
        reason: String?,
        submittedAt: Date? = nil,
        endedAt: Date? = nil,
        labJobs: [ReportedLabJob]
    ) {
        self.number = number
        self.outcome = outcome
        self.reason = reason
        self.submittedAt = submittedAt
        self.endedAt = endedAt
        self.labJobs = labJobs
    }
}
