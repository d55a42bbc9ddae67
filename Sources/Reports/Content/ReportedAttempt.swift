// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// One submission of a job.
package struct ReportedAttempt: Sendable, Equatable {
    /// Counts from 1 within its job.
    package var number: Int
    /// How it ended; `nil` of one that did not, which no finished job should have.
    package var outcome: JobOutcome?
    /// Why it did not complete.
    package var reason: String?
    /// When its lab had taken it.
    package var submittedAt: Date?
    package var endedAt: Date?
    /// What the lab made of it.
    package var labJobs: [ReportedLabJob]

    /// An attempt as given.
    package init(
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
