// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import FleetStore
public import Foundation

/// A jobset in JSON.
public struct JobsetObject: Codable, Sendable, Equatable {
    /// Its id.
    public let id: String
    /// What is tested.
    public let build: String
    /// Where it is on its way.
    public let state: JobsetState
    /// What came of it.
    public let verdict: Verdict?
    /// 1, and one more with each retry.
    public let generation: Int
    /// How many jobs it has.
    public let total: Int
    /// How many jobs have not ended.
    public let pending: Int
    /// How many jobs wait for their lab.
    public let waiting: Int
    /// How many jobs a lab has.
    public let inLab: Int
    /// How many jobs ended how.
    public let outcomes: [String: Int]
    /// What its test cases said.
    public let tests: TestCounts
    /// Where the callback goes, without what may be a secret.
    public let callbackUrl: String?
    /// What its publisher calls it.
    public let labels: [String: String]
    /// How often a job is sent again that its lab failed.
    public let retries: Int
    /// From 0 to 100; the higher goes first.
    public let priority: Int
    /// What it is compared with.
    public let baseline: String?
    /// Whether nothing is added any more.
    public let isSealed: Bool
    /// Who or what sealed it.
    public let sealedReason: String?
    /// How many jobs it was declared to have.
    public let declaredTotal: Int?
    /// How many jobs keep it from passing.
    public let failures: Int
    /// Beyond how many the rest is canceled.
    public let maxFailures: String?
    /// When the rest is canceled.
    public let deadline: Date?
    /// When that was done.
    public let deadlinePassedAt: Date?
    /// When it was canceled.
    public let canceledAt: Date?
    /// Why it was canceled.
    public let canceledReason: String?
    /// When it was made.
    public let createdAt: Date
    /// When it ended.
    public let finishedAt: Date?

    /// A jobset as it stands.
    public init(_ status: JobsetStatus) {
        id = status.id.text
        build = status.build
        state = status.state
        verdict = status.verdict
        generation = status.generation
        total = status.total
        pending = status.pending
        waiting = status.waiting
        inLab = status.inLab
        outcomes = status.outcomes
        tests = status.tests
        callbackUrl = status.callbackURL.map(WebAddress.shown)
        labels = status.labels
        retries = status.retries
        priority = status.priority
        baseline = status.baseline.map { "\($0)" }
        isSealed = status.isSealed
        sealedReason = status.sealedReason
        declaredTotal = status.declaredTotal
        failures = status.failures
        maxFailures = status.maxFailures.map { "\($0)" }
        deadline = status.deadline
        deadlinePassedAt = status.deadlinePassedAt
        canceledAt = status.canceledAt
        canceledReason = status.canceledReason
        createdAt = status.createdAt
        finishedAt = status.finishedAt
    }
}
