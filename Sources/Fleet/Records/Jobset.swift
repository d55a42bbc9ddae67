// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The declared set of jobs of a build.
package struct Jobset: Sendable, Codable, Equatable {
    package var id: UUID
    /// `/group/project/version`.
    package var build: String
    package var state: JobsetState
    /// What became of it; `nil` while it runs.
    package var verdict: Verdict?
    /// Which of its lives this is, from 1.
    package var generation: Int
    /// How many jobs it has.
    package var total: Int
    /// How many of them have not ended.
    package var pending: Int
    /// How many of them are not in a lab yet.
    package var waiting: Int
    /// How many of them a lab has.
    package var inLab: Int
    /// How many ended how; outcomes that none has are left out.
    package var outcomes: [String: Int]
    /// What the test cases of the ended jobs said.
    package var tests: TestCounts
    /// Where the callback goes; `nil` without one.
    package var callbackURL: ReceiverAddress?
    /// What the publisher marked it with.
    package var labels: [String: String]
    /// What its build was made of, as its publisher told.
    package var source: JobsetSource?
    /// How often each of its jobs may be tried again after a failure of its lab.
    package var retries: Int
    /// Which goes first where labs have less room than jobs: the higher, from 0 to 100.
    package var priority: Int
    /// What its report is compared with, as its publisher named it; `nil`: the latest that serves.
    package var baseline: BaselineName?
    /// Whether nothing is added to it any more.
    package var isSealed: Bool
    /// Why it was sealed by somebody else than its owner.
    package var sealedReason: String?
    /// How many jobs it was declared to have, of one that is filled piece by piece.
    package var declaredTotal: Int?
    /// How many of its jobs have failed: did not complete, or have a failed test; canceled ones aside.
    package var failures: Int
    /// How many of its jobs are missing: ended, but did not complete, though their lab took them and nobody canceled them.
    package var missing: Int = 0
    /// How many of them may, before the rest is canceled; `nil`: all.
    package var maxFailures: FailureLimit?
    /// When what is outstanding of it ends.
    package var deadline: Date?
    /// When that took effect.
    package var deadlinePassedAt: Date?
    /// When it was canceled.
    package var canceledAt: Date?
    /// Why, in the words of whoever did.
    package var canceledReason: String?
    /// What its jobs wait for, of a running one that was asked for by itself; `nil` if for nothing.
    package var waits: [LabWait]?
    /// When it was accepted.
    package var createdAt: Date
    /// When its counter reached zero.
    package var finishedAt: Date?
    /// `true` where it keeps all it has, whatever the rules say; `nil` where they hold.
    package var isKept: Bool?
    /// Since when its results are not kept any longer; its counts are.
    package var resultsRemovedAt: Date?
    /// Since when the definitions of its jobs are not kept any longer.
    package var definitionsRemovedAt: Date?
    /// Since when its reports are not kept any longer.
    package var reportsRemovedAt: Date?
}
