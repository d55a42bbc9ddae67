// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
import Foundation

/// A job in JSON.
public struct JobObject: Encodable, Sendable {
    let id: Int
    let position: Int
    let environment: String
    let backend: String
    let state: JobState
    let outcome: JobOutcome?
    let reason: String?
    let tests: TestCounts
    let attempts: Int
    let labJobs: [LabJobObject]
    let attemptHistory: [AttemptObject]?
    let cancelRequestedAt: Date?
    let createdAt: Date
    let finishedAt: Date?

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
