// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
import Foundation

/// One submission of a job in JSON.
public struct AttemptObject: Encodable, Sendable {
    let number: Int
    let state: AttemptState
    let outcome: JobOutcome?
    let reason: String?
    let tries: Int
    let lastError: String?
    let createdAt: Date
    let submittedAt: Date?
    let endedAt: Date?
    let labJobs: [LabJobObject]

    /// An attempt of a job of `backend`.
    public init(_ attempt: AttemptStatus, of backend: String, labs: LabAddresses) {
        number = attempt.number
        state = attempt.state
        outcome = attempt.outcome
        reason = attempt.reason
        tries = attempt.tries
        lastError = attempt.lastError
        createdAt = attempt.createdAt
        submittedAt = attempt.submittedAt
        endedAt = attempt.endedAt
        labJobs = attempt.labJobs.map { LabJobObject($0, of: backend, labs: labs) }
    }
}
