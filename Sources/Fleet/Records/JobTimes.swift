// SPDX-License-Identifier: Apache-2.0

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
    /// Its name.
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
