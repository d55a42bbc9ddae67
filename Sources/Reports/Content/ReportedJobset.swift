// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// The jobset that a report is about.
package struct ReportedJobset: Sendable, Equatable {
    package var id: UUID
    /// `/group/project/version`.
    package var build: String
    /// Which of its lives has ended, from 1.
    package var generation: Int
    /// What became of it.
    package var verdict: Verdict
    /// What the publisher marked it with.
    package var labels: [String: String]
    /// When somebody canceled it.
    package var canceledAt: Date?
    /// Why, in the words of whoever did.
    package var canceledReason: String?
    /// When its deadline ended what was outstanding.
    package var deadlinePassedAt: Date?
    /// Why it was sealed, if not by its owner.
    package var sealedReason: String?
    /// When it was accepted.
    package var createdAt: Date
    /// When its last job came back.
    package var finishedAt: Date

    /// A jobset as given.
    package init(
        id: UUID,
        build: String,
        generation: Int,
        verdict: Verdict,
        labels: [String: String],
        canceledAt: Date? = nil,
        canceledReason: String? = nil,
        deadlinePassedAt: Date? = nil,
        sealedReason: String? = nil,
        createdAt: Date,
        finishedAt: Date
    ) {
        self.id = id
        self.build = build
        self.generation = generation
        self.verdict = verdict
        self.labels = labels
        self.canceledAt = canceledAt
        self.canceledReason = canceledReason
        self.deadlinePassedAt = deadlinePassedAt
        self.sealedReason = sealedReason
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}
