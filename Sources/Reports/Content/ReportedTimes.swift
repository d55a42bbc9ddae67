// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// How long jobs waited in their labs and how long they ran, by the labs' clocks.
package struct ReportedTimes: Sendable, Equatable {
    /// What one kind of time comes to over all jobs, in seconds.
    package struct Spread: Sendable, Equatable {
        /// The time of half of the jobs is no longer than this.
        package var median: Double
        /// The longest.
        package var longest: Double
        /// All of them together.
        package var sum: Double

        /// A spread as given.
        package init(median: Double, longest: Double, sum: Double) {
            self.median = median
            self.longest = longest
            self.sum = sum
        }
    }

    /// How many jobs have these times: those that a lab has started and ended.
    package var jobs: Int
    /// From submission to start.
    package var queue: Spread
    /// From start to end.
    package var run: Spread
    /// The jobs that ran longest, the longest first.
    package var slowest: [TimedJob]

    package init(jobs: Int, queue: Spread, run: Spread, slowest: [TimedJob]) {
        self.jobs = jobs
        self.queue = queue
        self.run = run
        self.slowest = slowest
    }
}

/// A job with its times.
package struct TimedJob: Sendable, Equatable {
    /// Its place in the document, from 0.
    package var position: Int
    /// What it ran on.
    package var environment: String
    /// The lab it ran in.
    package var backend: String
    package var outcome: JobOutcome
    /// How long it waited in its lab, in seconds.
    package var queueSeconds: Double
    /// How long it ran, in seconds.
    package var runSeconds: Double
    /// The page of the lab job that took longest.
    package var url: String?

    /// A job as given.
    package init(
        position: Int,
        environment: String,
        backend: String,
        outcome: JobOutcome,
        queueSeconds: Double,
        runSeconds: Double,
        url: String?
    ) {
        self.position = position
        self.environment = environment
        self.backend = backend
        self.outcome = outcome
        self.queueSeconds = queueSeconds
        self.runSeconds = runSeconds
        self.url = url
    }
}
