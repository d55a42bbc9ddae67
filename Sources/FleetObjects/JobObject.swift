// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// A job in JSON.
package struct JobObject: Codable, Sendable, Equatable {
    package let id: Int
    /// Its place in the document, from 0.
    package let position: Int
    /// What it runs on.
    package let environment: String
    package let backend: String
    /// Where it is on its way.
    package let state: JobState
    package let outcome: JobOutcome?
    package let reason: String?
    /// What its test cases said.
    package let tests: TestCounts
    /// How often it was submitted.
    package let attempts: Int
    /// What the lab made of it.
    package let labJobs: [LabJobObject]
    /// Every attempt, where this one job was asked for.
    package let attemptHistory: [AttemptObject]?
    /// When it was canceled in its lab.
    package let cancelRequestedAt: Date?
    /// When it was made.
    package let createdAt: Date
    package let finishedAt: Date?

    /// A job; `history` only where a person asked for this one job.
    package init(_ job: JobStatus, attempts history: [AttemptStatus]? = nil, labs: LabAddresses) {
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
