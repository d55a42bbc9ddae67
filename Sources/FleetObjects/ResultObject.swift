// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import FleetStore

/// A test case in JSON.
public struct ResultObject: Codable, Sendable, Equatable {
    /// The place of its job in the document.
    public let position: Int
    /// What it runs on.
    public let environment: String
    /// The lab.
    public let backend: String
    /// How its job ended; missing while that runs.
    public let jobOutcome: JobOutcome?
    /// Its job's number in the lab.
    public let labJob: Int
    /// Its part in a multinode job.
    public let role: String?
    /// Its suite.
    public let suite: String
    /// The suite's number in the lab.
    public let suiteNumber: Int
    /// What it is called.
    public let name: String
    /// What it said.
    public let status: ResultStatus
    /// What it measured.
    public let measurement: String?
    /// In which units.
    public let units: String?
    /// Where in the lab's log it begins.
    public let startLogLine: Int?
    /// Its place in the lab's log.
    public let url: String?

    /// A test case as it is kept.
    public init(_ result: TestResult, labs: LabAddresses) {
        position = result.position
        environment = result.environment
        backend = result.backend
        jobOutcome = result.outcome
        labJob = result.labJob
        role = result.role
        suite = result.suite
        suiteNumber = result.suiteNumber
        name = result.name
        status = result.status
        measurement = result.measurement
        units = result.units
        startLogLine = result.startLogLine
        url = labs.link(to: result.labJob, of: result.backend, line: result.startLogLine)
    }
}
