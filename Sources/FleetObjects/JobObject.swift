// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import FleetStore
public import Foundation

/// A job in JSON.
public struct JobObject: Codable, Sendable, Equatable {
    /// Its id.
    public let id: Int
    /// Its place in the document, from 0.
    public let position: Int
    /// What it runs on.
    public let environment: String
    /// The lab.
    public let backend: String
    /// Where it is on its way.
    public let state: JobState
    /// How it ended.
    public let outcome: JobOutcome?
    /// Why.
    public let reason: String?
    /// What its test cases said.
    public let tests: TestCounts
    /// How often it was submitted.
    public let attempts: Int
    /// What the lab made of it.
    public let labJobs: [LabJobObject]
    /// Every attempt, where this one job was asked for.
    public let attemptHistory: [AttemptObject]?
    /// When it was canceled in its lab.
    public let cancelRequestedAt: Date?
    /// When it was made.
    public let createdAt: Date
    /// When it ended.
    public let finishedAt: Date?

    /// A job; `history` only where a person asked for this one job.
    public init(_ job: JobStatus, attempts history: [AttemptStatus]? = nil, labs: LabAddresses) {
        id = job.id
        position = job.position
        environment = job.environment
        backend = job.backend
        state = job.state
        outcome = job.outcome
        reason = job.reason
        tests = job.tests
        attempts = job.attempts
        labJobs = job.labJobs.map { LabJobObject($0, of: job.backend, labs: labs) }
        attemptHistory = history?.map { AttemptObject($0, of: job.backend, labs: labs) }
        cancelRequestedAt = job.cancelRequestedAt
        createdAt = job.createdAt
        finishedAt = job.finishedAt
    }
}
