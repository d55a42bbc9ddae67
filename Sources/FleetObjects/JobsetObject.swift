// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// A jobset in JSON.
package struct JobsetObject: Codable, Sendable, Equatable {
    package let id: String
    package let build: String
    /// Where it is on its way.
    package let state: JobsetState
    /// What came of it.
    package let verdict: Verdict?
    /// 1, and one more with each retry.
    package let generation: Int
    /// How many jobs it has.
    package let total: Int
    /// How many jobs have not ended.
    package let pending: Int
    /// How many jobs wait for their lab.
    package let waiting: Int
    /// How many jobs a lab has.
    package let inLab: Int
    /// How many jobs ended how.
    package let outcomes: [String: Int]
    /// What its test cases said.
    package let tests: TestCounts
    /// Where the callback goes, without what may be a secret.
    package let callbackUrl: String?
    /// What its publisher calls it.
    package let labels: [String: String]
    /// How often a job is sent again that its lab failed.
    package let retries: Int
    /// From 0 to 100; the higher goes first.
    package let priority: Int
    /// What it is compared with.
    package let baseline: String?
    /// Whether nothing is added any more.
    package let isSealed: Bool
    /// Who or what sealed it.
    package let sealedReason: String?
    /// How many jobs it was declared to have.
    package let declaredTotal: Int?
    /// How many jobs keep it from passing.
    package let failures: Int
    /// Beyond how many the rest is canceled.
    package let maxFailures: String?
    /// When the rest is canceled.
    package let deadline: Date?
    /// When that was done.
    package let deadlinePassedAt: Date?
    /// When it was canceled.
    package let canceledAt: Date?
    /// Why it was canceled.
    package let canceledReason: String?
    /// When it was made.
    package let createdAt: Date
    package let finishedAt: Date?

    /// A jobset as it stands.
    package init(_ status: JobsetStatus) {
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
