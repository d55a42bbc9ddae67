// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// What a report is compared with, or why with nothing.
package enum ReportedBaseline: Sendable, Equatable {
    /// No earlier jobset of the project serves.
    case none
    /// The publisher named one that is not there.
    case unknown(name: String)
    /// The publisher named one, or it was compared with one before, that has not finished.
    case unfinished(name: String)
    /// The results of the one that it was to be compared with are not kept any longer.
    case removed(name: String)
    /// It is compared with this one.
    case compared(ReportedComparison)
    /// It was to be compared with this one, which could not be done: a ``MissingPart`` says why.
    case uncompared(ReportedComparison)
}

/// What has changed since the baseline.
package struct ReportedComparison: Sendable, Equatable {
    package var jobset: BaselineJobset
    /// Tests that passed there and fail here.
    package var regressions: ComparedTests
    /// Tests that fail here and neither passed nor failed there.
    package var newFailures: ComparedTests
    /// Tests that failed there and pass here.
    package var fixes: ComparedTests
    /// Tests that are there and not here, in environments that both have.
    package var vanished: ComparedTests
    /// How many fail in both.
    package var stillFailing: Int
    /// Environments of the baseline that the jobset does not have, and which are therefore not compared.
    package var missingEnvironments: Int
    /// Suites that are there and not here, in environments that both have.
    package var missingSuites: [MissingSuite]
    /// How many there are of those.
    package var missingSuiteTotal: Int
    /// Jobs that are new, missing or renamed.
    package var jobs: JobDifferences

    /// A comparison as given.
    package init(
        jobset: BaselineJobset,
        regressions: ComparedTests = ComparedTests(),
        newFailures: ComparedTests = ComparedTests(),
        fixes: ComparedTests = ComparedTests(),
        vanished: ComparedTests = ComparedTests(),
        stillFailing: Int = 0,
        missingEnvironments: Int = 0,
        missingSuites: [MissingSuite] = [],
        missingSuiteTotal: Int? = nil,
        jobs: JobDifferences = JobDifferences()
    ) {
        self.jobset = jobset
        self.regressions = regressions
        self.newFailures = newFailures
        self.fixes = fixes
        self.vanished = vanished
        self.stillFailing = stillFailing
        self.missingEnvironments = missingEnvironments
        self.missingSuites = missingSuites
        self.missingSuiteTotal = missingSuiteTotal ?? missingSuites.count
        self.jobs = jobs
    }
}
