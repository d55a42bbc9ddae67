// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// What has changed since the generation before, of a jobset that was sent out again.
public struct GenerationChange: Sendable, Equatable {
    /// The generation before.
    public var generation: Int
    /// What became of that.
    public var verdict: Verdict
    /// The jobs that were sent out again, by their place in the document.
    public var jobs: [ReportedChange]
    /// How many more there were.
    public var jobsOmitted: Int

    /// A change as given.
    public init(generation: Int, verdict: Verdict, jobs: [ReportedChange], jobsOmitted: Int) {
        self.generation = generation
        self.verdict = verdict
        self.jobs = jobs
        self.jobsOmitted = jobsOmitted
    }
}

/// A job that was sent out again.
public struct ReportedChange: Sendable, Equatable {
    /// One end of it.
    public struct End: Sendable, Equatable {
        /// How.
        public var outcome: JobOutcome
        /// Why it did not complete.
        public var reason: String?
        /// What its test cases said.
        public var tests: TestCounts

        /// An end as given.
        public init(outcome: JobOutcome, reason: String?, tests: TestCounts) {
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
    public var position: Int
    /// What it runs on.
    public var environment: String
    /// The lab it is for.
    public var backend: String
    /// In the generation before.
    public var before: End
    /// In this one.
    public var after: End

    /// A change as given.
    public init(position: Int, environment: String, backend: String, before: End, after: End) {
        self.position = position
        self.environment = environment
        self.backend = backend
        self.before = before
        self.after = after
    }
}
