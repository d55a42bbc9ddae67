// SPDX-License-Identifier: Apache-2.0

/// A test case of a job's last attempt.
package struct TestResult: Sendable, Codable, Equatable {
    /// The job's place in the document, from 0.
    package var position: Int
    package var environment: String
    /// The job's name.
    package var jobName: String?
    package var backend: String
    /// How the job ended; `nil` while other lab jobs of it are in the lab. What a job that did not complete has found is
    /// kept.
    package var jobOutcome: JobOutcome?
    /// LAVA's number of the lab job.
    package var labJob: Int
    /// The lab job's part in a multinode group.
    package var role: String?
    /// The suite's name, without the number that LAVA puts before it.
    package var suite: String
    /// LAVA's number of the suite: the same suite run twice in a job has two.
    package var suiteNumber: Int
    /// The test case's name.
    package var name: String
    package var status: ResultStatus
    /// Its measurement, in decimal digits, without the zeros that LAVA fills up with.
    package var measurement: String?
    package var units: String?
    /// Where it begins in the lab job's log.
    package var startLogLine: Int?
    /// The lab job's page, at its place in the log where that is known.
    package var url: String?

    /// Whether its job did not complete.
    package var isJobIncomplete: Bool { jobOutcome != .complete }
}
