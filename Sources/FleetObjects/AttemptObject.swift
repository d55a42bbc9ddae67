// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// One submission of a job in JSON.
package struct AttemptObject: Codable, Sendable, Equatable {
    /// Counted from 1.
    package let number: Int
    /// Where it is on its way.
    package let state: AttemptState
    package let outcome: JobOutcome?
    package let reason: String?
    /// How many requests failed.
    package let tries: Int
    /// What the last one failed with.
    package let lastError: String?
    /// When it was made.
    package let createdAt: Date
    /// When a lab took it.
    package let submittedAt: Date?
    package let endedAt: Date?
    /// What the lab made of it.
    package let labJobs: [LabJobObject]
    /// What it made of it beside these, if anything: of no account, and canceled there.
    package let surplusLabJobs: [SurplusLabJobObject]?

    /// An attempt of a job of `backend`.
    package init(_ attempt: AttemptStatus, of backend: String, labs: LabAddresses) {
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
