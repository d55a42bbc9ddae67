// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// A test case in JSON.
struct ResultObject: Encodable {
    let position: Int
    let environment: String
    let labJob: Int
    let suite: String
    let suiteNumber: Int
    let name: String
    let status: ResultStatus
    let measurement: String?
    let units: String?
    let startLogLine: Int?

    init(_ result: TestResult) {
        position = result.position
        environment = result.environment
        labJob = result.labJob
        suite = result.suite
        suiteNumber = result.suiteNumber
        name = result.name
        status = result.status
        measurement = result.measurement
        units = result.units
        startLogLine = result.startLogLine
    }
}
