// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// How long jobs waited in their labs and how long they ran, by the labs' clocks.
public struct ReportedTimes: Sendable, Equatable {
    /// What one kind of time comes to over all jobs, in seconds.
    public struct Spread: Sendable, Equatable {
        /// The time of half of the jobs is no longer than this.
        public var median: Double
        /// The longest.
        public var longest: Double
        /// All of them together.
        public var sum: Double

        /// A spread as given.
        public init(median: Double, longest: Double, sum: Double) {
            self.median = median
            self.longest = longest
            self.sum = sum
        }
    }

    /// How many jobs have these times: those that a lab has started and ended.
    public var jobs: Int
    /// From submission to start.
    public var queue: Spread
    /// From start to end.
    public var run: Spread
    /// The jobs that ran longest, the longest first.
    public var slowest: [TimedJob]

    /// Times as given.
    public init(jobs: Int, queue: Spread, run: Spread, slowest: [TimedJob]) {
        self.jobs = jobs
        self.queue = queue
        self.run = run
        self.slowest = slowest
    }
}

/// A job with its times.
public struct TimedJob: Sendable, Equatable {
    /// Its place in the document, from 0.
    public var position: Int
    /// What it ran on.
    public var environment: String
    /// The lab it ran in.
    public var backend: String
    /// How it ended.
    public var outcome: JobOutcome
    /// How long it waited in its lab, in seconds.
    public var queueSeconds: Double
    /// How long it ran, in seconds.
    public var runSeconds: Double
    /// The page of the lab job that took longest.
    public var url: String?

    /// A job as given.
    public init(
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
