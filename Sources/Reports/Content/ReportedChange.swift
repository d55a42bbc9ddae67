// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// What has changed since the generation before, of a jobset that was sent out again.
package struct GenerationChange: Sendable, Equatable {
    package var generation: Int
    /// What became of that.
    package var verdict: Verdict
    /// The jobs that were sent out again, by their place in the document.
    package var jobs: [ReportedChange]
    /// How many more there were.
    package var jobsOmitted: Int

    /// A change as given.
    package init(generation: Int, verdict: Verdict, jobs: [ReportedChange], jobsOmitted: Int) {
        self.generation = generation
        self.verdict = verdict
        self.jobs = jobs
        self.jobsOmitted = jobsOmitted
    }
}

/// A job that was sent out again.
package struct ReportedChange: Sendable, Equatable {
    /// One end of it.
    package struct End: Sendable, Equatable {
        package var outcome: JobOutcome
        /// Why it did not complete.
        package var reason: String?
        /// What its test cases said.
        package var tests: TestCounts

        /// An end as given.
        package init(outcome: JobOutcome, reason: String?, tests: TestCounts) {
            self.outcome = outcome
            self.reason = reason
            self.tests = tests
        }

        /// In a few words: how it ended, and how many tests failed.
        var words: String {
            tests.fail > 0 ? "\(outcome.rawValue), \(tests.fail.grouped) failed" : outcome.rawValue
        }
    }

    /// Both ends in a few words: `lost -> complete`.
    var words: String {
        before.words == after.words ? "still \(after.words)" : "\(before.words) -> \(after.words)"
    }

    /// Its place in the document.
    package var position: Int
    /// What it runs on.
    package var environment: String
    /// The lab it is for.
    package var backend: String
    /// In the generation before.
    package var before: End
    /// In this one.
    package var after: End

    /// A change as given.
    package init(position: Int, environment: String, backend: String, before: End, after: End) {
        self.position = position
        self.environment = environment
        self.backend = backend
        self.before = before
        self.after = after
    }
}
