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
    /// The place in a trace at which it was submitted: the header `traceparent`.
    package var traceparent: String?
}

/// Where a jobset is on its way.
package enum JobsetState: String, Sendable, Codable, CaseIterable {
    /// Some of its jobs are still out, or it is not sealed.
    case running
    /// Its counter reached zero; its deliveries exist.
    case finished
}

/// How far a jobset is, as its own row says it: no job is counted for it.
package struct JobsetProgress: Sendable, Codable, Equatable {
    package var id: UUID
    package var build: String
    package var state: JobsetState
    /// How it ended; `nil` while it runs.
    package var verdict: Verdict?
    package var generation: Int
    package var total: Int
    /// How many of its jobs have not ended.
    package var pending: Int
    /// How many of its jobs have failed.
    package var failures: Int
    package var labels: [String: String]
    package var canceledAt: Date?
    package var createdAt: Date
    package var finishedAt: Date?
}

/// A jobset as a change has left it, in JSON: the jobset's own keys, and one more.
package struct ChangedJobset: Codable, Sendable, Equatable {
    package let jobset: Jobset
    /// Whether the change has canceled what was left of it: more jobs had failed than now may.
    package let hasCanceledRest: Bool

    private enum CodingKeys: CodingKey { case hasCanceledRest }

    /// A jobset after a change.
    package init(_ jobset: Jobset, hasCanceledRest: Bool) {
        self.jobset = jobset
        self.hasCanceledRest = hasCanceledRest
    }

    package init(from decoder: any Decoder) throws {
        jobset = try Jobset(from: decoder)
        hasCanceledRest = try decoder.container(keyedBy: CodingKeys.self).decode(Bool.self, forKey: .hasCanceledRest)
    }

    package func encode(to encoder: any Encoder) throws {
        try jobset.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(hasCanceledRest, forKey: .hasCanceledRest)
    }
}
