// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a finished jobset comes to, in numbers, however many jobs it has.
package struct JobsetTotals: Sendable, Equatable {
    /// One environment's part, of one outcome.
    package struct Part: Sendable, Equatable, Decodable {
        /// What the jobs ran on.
        package let environment: String
        package let outcome: JobOutcome
        package let jobs: Int
        /// What their test cases said.
        package let tests: TestCounts
    }

    /// By environment and outcome.
    package let parts: [Part]
    /// How many jobs took more than one attempt.
    package let retriedJobs: Int
    /// How many of those completed.
    package let retriedAndComplete: Int
    /// How many test cases were more than are kept.
    package let resultsLeftOut: Int

    package init(parts: [Part], retriedJobs: Int, retriedAndComplete: Int, resultsLeftOut: Int) {
        self.parts = parts
        self.retriedJobs = retriedJobs
        self.retriedAndComplete = retriedAndComplete
        self.resultsLeftOut = resultsLeftOut
    }
}

/// What the test cases of one suite in one environment said.
package struct SuiteTotals: Sendable, Equatable, Decodable {
    /// What they ran on.
    package var environment: String
    package var suite: String
    package var tests: TestCounts
}

/// A job that was sent out again, and how it ended before and now.
package struct JobChange: Sendable, Equatable, Decodable {
    /// One end of it.
    package struct End: Sendable, Equatable, Decodable {
        package var outcome: JobOutcome
        /// Why it did not complete.
        package var reason: String?
        /// What its test cases said.
        package var tests: TestCounts
    }

    /// Its place in the document.
    package var position: Int
    /// What it runs on.
    package var environment: String
    package var name: String?
    /// The lab it is for.
    package var backend: String
    /// In the generation before.
    package var before: End
    /// In this one.
    package var after: End

    /// Environment and name in one line.
    package var title: String { JobTitle.line(environment, name) }
}

/// How an earlier generation of a jobset ended.
package struct EarlierGeneration: Sendable, Equatable, Decodable {
    /// Its number, from 1.
    package let generation: Int
    /// What became of it.
    package let verdict: Verdict
    package let finishedAt: Date
    /// When the next one began; `nil` where an earlier version began it.
    package let retriedAt: Date?
}

/// How long the jobs of a jobset waited in their labs and ran, by the labs' clocks, in seconds.
package struct JobTimes: Sendable, Equatable {
    /// What one kind of time comes to over all jobs.
    package struct Spread: Sendable, Equatable, Decodable {
        /// Of half of the jobs it is no longer.
        package var median: Double
        /// The longest.
        package var longest: Double
        /// All together.
        package var sum: Double
    }

    /// How many jobs a lab has started and ended.
    package var jobs: Int
    /// From submission to start.
    package var queue: Spread
    /// From start to end.
    package var run: Spread
    /// The jobs that ran longest, the longest first.
    package var slowest: [JobTime]

    package init(jobs: Int, queue: Spread, run: Spread, slowest: [JobTime]) {
        self.jobs = jobs
        self.queue = queue
        self.run = run
        self.slowest = slowest
    }
}

/// How long a job waited and ran; of a multinode job, its slowest lab job.
package struct JobTime: Sendable, Equatable, Decodable {
    /// Its place in the document, from 0.
    package var position: Int
    /// What it ran on.
    package var environment: String
    package var name: String?
    package var backend: String
    package var outcome: JobOutcome
    /// LAVA's number of the lab job.
    package var labJob: Int
    /// How long it waited.
    package var queueSeconds: Double
    /// How long it ran.
    package var runSeconds: Double
    /// The lab job's page.
    package var url: String?

    /// Environment and name in one line.
    package var title: String { JobTitle.line(environment, name) }
}
