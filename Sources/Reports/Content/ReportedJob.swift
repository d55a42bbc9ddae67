// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// A job of the jobset that a report is about.
package struct ReportedJob: Sendable, Equatable {
    /// Its place in the document, from 0.
    package var position: Int
    /// What it ran in or on.
    package var environment: String
    /// The lab it was for.
    package var backend: String
    package var outcome: JobOutcome
    /// Why it did not complete, in the lab's words where there are any.
    package var reason: String?
    /// What its test cases said.
    package var tests: TestCounts
    /// How often it was submitted.
    package var attempts: Int
    /// What the lab made of its last attempt: nothing, one, or several for multinode.
    package var labJobs: [ReportedLabJob]
    /// Its attempts, first to last; of a job that completed at once none, and of one with very many only the latest.
    package var attemptHistory: [ReportedAttempt]

    /// A job as given.
    package init(
        position: Int,
        environment: String,
        backend: String,
        outcome: JobOutcome,
        reason: String?,
        tests: TestCounts,
        attempts: Int,
        labJobs: [ReportedLabJob],
        attemptHistory: [ReportedAttempt] = []
    ) {
        self.position = position
        self.environment = environment
        self.backend = backend
        self.outcome = outcome
        self.reason = reason
        self.tests = tests
        self.attempts = attempts
        self.labJobs = labJobs
        self.attemptHistory = attemptHistory
    }

    /// Whether the lab ran it to its end.
    package var isComplete: Bool { outcome == .complete }

    /// Whether it took more than one attempt.
    package var isRetried: Bool { attempts > 1 }

    /// How many of its test cases were more than are kept.
    package var resultsLeftOut: Int { labJobs.reduce(0) { $0 + $1.resultsLeftOut } }
}
