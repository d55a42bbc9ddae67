// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore

/// A test case in JSON.
public struct ResultObject: Encodable, Sendable {
    let position: Int
    let environment: String
    let backend: String
    let jobOutcome: JobOutcome?
    let labJob: Int
    let role: String?
    let suite: String
    let suiteNumber: Int
    let name: String
    let status: ResultStatus
    let measurement: String?
    let units: String?
    let startLogLine: Int?
    let url: String?

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
