// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import FleetStore
public import Foundation

/// One submission of a job in JSON.
public struct AttemptObject: Codable, Sendable, Equatable {
    /// Counted from 1.
    public let number: Int
    /// Where it is on its way.
    public let state: AttemptState
    /// How it ended.
    public let outcome: JobOutcome?
    /// Why.
    public let reason: String?
    /// How many requests failed.
    public let tries: Int
    /// What the last one failed with.
    public let lastError: String?
    /// When it was made.
    public let createdAt: Date
    /// When a lab took it.
    public let submittedAt: Date?
    /// When it ended.
    public let endedAt: Date?
    /// What the lab made of it.
    public let labJobs: [LabJobObject]
    /// What it made of it beside these, if anything: of no account, and canceled there.
    public let surplusLabJobs: [SurplusLabJobObject]?

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
        let surplus = attempt.surplus.map { SurplusLabJobObject($0, of: backend, labs: labs) }
        surplusLabJobs = surplus.isEmpty ? nil : surplus
    }
}
