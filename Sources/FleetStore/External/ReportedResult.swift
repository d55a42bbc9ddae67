// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// What whoever has run a job of an external lab reports of it.
package struct ReportedResult: Sendable, Equatable {
    /// How the job ended: `complete`, `incomplete` or `canceled`. Failing tests leave it complete.
    package let outcome: JobOutcome
    /// Why, of a job that is not complete.
    package let reason: String?
    /// Whether it failed for reasons that say nothing of the build, so that it may be tried again.
    package let isInfrastructure: Bool
    /// A page about the run.
    package let url: String?
    /// What the service that ran it calls the run, where that tells one run from another: SQUAD's `job_id`.
    package let run: String?
    /// Which attempt it is of; nil for the present one.
    package let attempt: Int?
    package let tests: [ResultRow]

    package init(
        outcome: JobOutcome,
        reason: String? = nil,
        isInfrastructure: Bool = false,
        url: String? = nil,
        run: String? = nil,
        attempt: Int? = nil,
        tests: [ResultRow] = []
    ) {
        self.outcome = outcome
        self.reason = reason
        self.isInfrastructure = isInfrastructure
        self.url = url
        self.run = run
        self.attempt = attempt
        self.tests = tests
    }
}

/// What became of a report.
package struct ResultReceipt: Sendable, Equatable {
    package let jobset: UUID
    package let position: Int
    /// The attempt that it is of.
    package let attempt: Int
    /// Whether the same had been reported before.
    package let isRepeat: Bool

    package init(jobset: UUID, position: Int, attempt: Int, isRepeat: Bool) {
        self.jobset = jobset
        self.position = position
        self.attempt = attempt
        self.isRepeat = isRepeat
    }
}
