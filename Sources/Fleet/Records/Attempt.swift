// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Where an attempt is on its way.
package enum AttemptState: String, Sendable, Codable, CaseIterable {
    /// It is being submitted.
    case submitting
    /// The lab has it.
    case submitted
    /// It has come to its end.
    case ended
}

/// One submission of a job.
package struct Attempt: Sendable, Codable, Equatable {
    /// Counts from 1 within its job.
    package var number: Int
    package var state: AttemptState
    package var outcome: JobOutcome?
    /// Why it did not complete.
    package var reason: String?
    /// How many requests to submit it have failed.
    package var tries: Int
    /// What the last of them failed with; `nil` once the lab has it.
    package var lastError: String?
    /// When it was begun.
    package var createdAt: Date
    /// When the lab had taken it.
    package var submittedAt: Date?
    package var endedAt: Date?
    /// What the lab made of it: nothing, one, or several for multinode.
    package var labJobs: [LabJob]
    /// What it made of it beside these, if anything: of no account, and canceled there. The first of them, at most
    /// ``SurplusLabJob/maximumShown``.
    package var surplusLabJobs: [SurplusLabJob]?
}
