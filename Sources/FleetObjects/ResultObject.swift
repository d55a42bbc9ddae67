// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore

/// A test case in JSON.
package struct ResultObject: Codable, Sendable, Equatable {
    /// The place of its job in the document.
    package let position: Int
    /// What it runs on.
    package let environment: String
    package let backend: String
    /// How its job ended; missing while that runs.
    package let jobOutcome: JobOutcome?
    /// Its job's number in the lab.
    package let labJob: Int
    /// Its part in a multinode job.
    package let role: String?
    package let suite: String
    /// The suite's number in the lab.
    package let suiteNumber: Int
    /// What it is called.
    package let name: String
    package let status: ResultStatus
    package let measurement: String?
    package let units: String?
    /// Where in the lab's log it begins.
    package let startLogLine: Int?
    /// Its place in the lab's log.
    package let url: String?

    /// A test case as it is kept.
    package init(_ result: TestResult, labs: LabAddresses) {
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
