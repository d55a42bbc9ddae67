// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation

/// What a report is compared with, or why with nothing.
public enum ReportedBaseline: Sendable, Equatable {
    /// No earlier jobset of the project serves.
    case none
    /// The publisher named one that is not there.
    case unknown(name: String)
    /// The publisher named one, or it was compared with one before, that has not finished.
    case unfinished(name: String)
    /// It is compared with this one.
    case compared(ReportedComparison)
    /// It was to be compared with this one, which could not be done: a ``MissingPart`` says why.
    case uncompared(ReportedComparison)
}

/// What has changed since the baseline.
public struct ReportedComparison: Sendable, Equatable {
    /// The jobset that served as baseline.
    public var jobset: UUID
    /// `/group/project/version` of that.
    public var build: String
    /// What became of it.
    public var verdict: Verdict
    /// When its last job came back.
    public var finishedAt: Date
    /// Whether the publisher named it.
    public var isNamed: Bool
    /// Tests that passed there and fail here.
    public var regressions: ComparedTests
    /// Tests that fail here and neither passed nor failed there.
    public var newFailures: ComparedTests
    /// Tests that failed there and pass here.
    public var fixes: ComparedTests
    /// Tests that are there and not here, in environments that both have.
    public var vanished: ComparedTests
    /// How many fail in both.
    public var stillFailing: Int
    /// Environments of the baseline that the jobset does not have, and which are therefore not compared.
    public var missingEnvironments: Int

    /// A comparison as given.
    public init(
        jobset: UUID,
        build: String,
        verdict: Verdict,
        finishedAt: Date,
        isNamed: Bool,
        regressions: ComparedTests = ComparedTests(),
        newFailures: ComparedTests = ComparedTests(),
        fixes: ComparedTests = ComparedTests(),
        vanished: ComparedTests = ComparedTests(),
        stillFailing: Int = 0,
        missingEnvironments: Int = 0
    ) {
        self.jobset = jobset
        self.build = build
        self.verdict = verdict
        self.finishedAt = finishedAt
        self.isNamed = isNamed
        self.regressions = regressions
        self.newFailures = newFailures
        self.fixes = fixes
        self.vanished = vanished
        self.stillFailing = stillFailing
        self.missingEnvironments = missingEnvironments
    }
}
