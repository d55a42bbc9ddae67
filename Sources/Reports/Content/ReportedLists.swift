// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

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
