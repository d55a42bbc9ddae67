// SPDX-License-Identifier: Apache-2.0

/// How much a report lists; what is left out is counted and said.
package struct ReportLimits: Sendable, Equatable {
    /// The most jobs.
    package var jobs: Int
    /// The most attempts of a job: its latest.
    package var attempts: Int
    /// The most failed test cases.
    package var failedTests: Int
    /// The most environments, suites and known issues.
    package var environments: Int
    /// The most tests of each kind of change since the baseline.
    package var comparedTests: Int
    /// The most metrics.
    package var metrics: Int
    /// The most jobs that ran longest.
    package var slowestJobs: Int
    /// The longest name, in Unicode scalars.
    package var nameLength: Int
    /// The longest reason, in Unicode scalars.
    package var reasonLength: Int
    /// How large a page may be before its lists end, in bytes. What ends the page comes on top.
    package var bytes: Int

    package init(
        jobs: Int,
        attempts: Int,
        failedTests: Int,
        environments: Int,
        comparedTests: Int,
        metrics: Int,
        slowestJobs: Int,
        nameLength: Int,
        reasonLength: Int,
        bytes: Int = .max
    ) {
        self.jobs = jobs
        self.attempts = attempts
        self.failedTests = failedTests
        self.environments = environments
        self.comparedTests = comparedTests
        self.metrics = metrics
        self.slowestJobs = slowestJobs
        self.nameLength = nameLength
        self.reasonLength = reasonLength
        self.bytes = bytes
    }

    /// What a person reads in a mail or a terminal.
    package static let text = ReportLimits(
        jobs: 100,
        attempts: 5,
        failedTests: 200,
        environments: 100,
        comparedTests: 100,
        metrics: 50,
        slowestJobs: 5,
        nameLength: 200,
        reasonLength: 600
    )

    /// What a person reads in a mail of a mailing list.
    package static let list = ReportLimits(
        jobs: 20,
        attempts: 1,
        failedTests: 50,
        environments: 50,
        comparedTests: 50,
        metrics: 0,
        slowestJobs: 5,
        nameLength: 200,
        reasonLength: 300
    )

    /// What a person reads as a web page or as a mail: clients cut mails of more than about 100 kB.
    package static let html = ReportLimits(
        jobs: 200,
        attempts: 5,
        failedTests: 300,
        environments: 200,
        comparedTests: 150,
        metrics: 100,
        slowestJobs: 10,
        nameLength: 200,
        reasonLength: 1_000,
        bytes: 80_000
    )

    /// What a program reads.
    package static let json = ReportLimits(
        jobs: 10_000,
        attempts: 20,
        failedTests: 10_000,
        environments: 2_000,
        comparedTests: 5_000,
        metrics: 5_000,
        slowestJobs: 100,
        nameLength: 1_000,
        reasonLength: 4_000
    )
}
