// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore
import Foundation

/// A jobset in JSON.
public struct JobsetObject: Encodable, Sendable {
    let id: String
    let build: String
    let state: JobsetState
    let verdict: Verdict?
    let generation: Int
    let total: Int
    let pending: Int
    let waiting: Int
    let inLab: Int
    let outcomes: [String: Int]
    let tests: TestCounts
    let callbackUrl: String?
    let labels: [String: String]
    let retries: Int
    let priority: Int
    let baseline: String?
    let isSealed: Bool
    let sealedReason: String?
    let declaredTotal: Int?
    let failures: Int
    let maxFailures: String?
    let deadline: Date?
    let deadlinePassedAt: Date?
    let canceledAt: Date?
    let canceledReason: String?
    let createdAt: Date
    let finishedAt: Date?

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
