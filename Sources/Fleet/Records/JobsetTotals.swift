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
    /// Its name.
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
