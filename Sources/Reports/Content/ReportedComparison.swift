// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

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

extension ReportedComparison {
    /// What the store has found.
    ///
    /// - Parameter labs: Where tests are looked up in their lab's log.
    package init(_ difference: JobsetDifference, with jobset: BaselineJobset, _ labs: LabAddresses) {
        let comparison = difference.tests
        func tests(_ kind: TestComparison.Kind) -> ComparedTests {
            ComparedTests((comparison.tests[kind] ?? []).map { $0.linked(labs) }, total: comparison.totals[kind])
        }
        self.init(
            jobset: jobset,
            regressions: tests(.regression),
            newFailures: tests(.newFailure),
            fixes: tests(.fix),
            vanished: tests(.vanished),
            stillFailing: comparison.totals[.stillFailing] ?? 0,
            missingEnvironments: difference.environments.missingTotal,
            missingSuites: comparison.missingSuites,
            missingSuiteTotal: comparison.totals[.missingSuite] ?? 0,
            jobs: difference.jobs
        )
    }
}

/// Lists of which a report has only the first, and says how many there are.

/// Tests that have changed in one way since the baseline.
package struct ComparedTests: Sendable, Equatable {
    /// The first of them, by environment, suite and name.
    package var tests: [ComparedTest]
    /// How many there are.
    package var total: Int

    /// - Parameter total: How many there are; left out when `tests` are all.
    package init(_ tests: [ComparedTest] = [], total: Int? = nil) {
        self.tests = tests
        self.total = total ?? tests.count
    }
}

/// Measurements, with what they were in the baseline.
package struct ReportedMetrics: Sendable, Equatable {
    /// Those that changed most first, then by name.
    package var metrics: [ComparedMeasurement]
    /// How many there are.
    package var total: Int

    /// - Parameter total: How many there are; left out when `metrics` are all.
    package init(_ metrics: [ComparedMeasurement] = [], total: Int? = nil) {
        self.metrics = metrics
        self.total = total ?? metrics.count
    }
}

/// The suites of a jobset.
package struct ReportedSuites: Sendable, Equatable {
    /// Those with the most failed tests first, then by environment and name.
    package var suites: [SuiteTotals]
    /// How many there are.
    package var total: Int

    /// - Parameter total: How many there are; left out when `suites` are all.
    package init(_ suites: [SuiteTotals] = [], total: Int? = nil) {
        self.suites = suites
        self.total = total ?? suites.count
    }
}

/// What has changed since the generation before, of a jobset that was sent out again.
package struct GenerationChange: Sendable, Equatable {
    package var generation: Int
    /// What became of that.
    package var verdict: Verdict
    /// When they were sent out again, where that is known.
    package var beganAt: Date?
    /// The jobs that were sent out again, by their place in the document.
    package var jobs: [JobChange]
    /// How many more there were.
    package var jobsOmitted: Int

    package init(generation: Int, verdict: Verdict, beganAt: Date? = nil, jobs: [JobChange], jobsOmitted: Int) {
        self.generation = generation
        self.verdict = verdict
        self.beganAt = beganAt
        self.jobs = jobs
        self.jobsOmitted = jobsOmitted
    }
}
