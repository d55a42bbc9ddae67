// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// A job of the jobset that a report is about.
public struct ReportedJob: Sendable, Equatable {
    /// Its place in the document, from 0.
    public var position: Int
    /// What it ran in or on.
    public var environment: String
    /// The lab it was for.
    public var backend: String
    /// How it ended.
    public var outcome: JobOutcome
    /// Why it did not complete, in the lab's words where there are any.
    public var reason: String?
    /// What its test cases said.
    public var tests: TestCounts
    /// How often it was submitted.
    public var attempts: Int
    /// What the lab made of its last attempt: nothing, one, or several for multinode.
    public var labJobs: [ReportedLabJob]
    /// Its attempts, first to last; of a job that completed at once none, and of one with very many only the latest.
    public var attemptHistory: [ReportedAttempt]

    /// A job as given.
    public init(
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
    public var isComplete: Bool { outcome == .complete }

    /// Whether it took more than one attempt.
    public var isRetried: Bool { attempts > 1 }

    /// How many of its test cases were more than are kept.
    public var resultsLeftOut: Int { labJobs.reduce(0) { $0 + $1.resultsLeftOut } }
}
