// SPDX-License-Identifier: Apache-2.0

/// One test case of a lab job.
package struct ResultRow: Sendable, Equatable, Decodable {
    package let suite: String
    /// The lab's own number of the suite: two runs of one suite in a job have the same name, but not this.
    package let suiteNumber: Int
    /// The test case's name, as the lab spells it.
    package let name: String
    package let status: ResultStatus
    /// In decimal digits, as the lab gave them.
    package let measurement: String?
    package let units: String?
    /// Where it begins in the job's log.
    package let startLogLine: Int?
    /// Where it ends in the job's log.
    package let endLogLine: Int?

    package init(
        suite: String,
        suiteNumber: Int,
        name: String,
        status: ResultStatus,
        measurement: String?,
        units: String?,
        startLogLine: Int?,
        endLogLine: Int?
    ) {
        self.suite = suite
        self.suiteNumber = suiteNumber
        self.name = name
        self.status = status
        self.measurement = measurement
        self.units = units
        self.startLogLine = startLogLine
        self.endLogLine = endLogLine
    }
}

extension ResultRow {
    /// How much its texts take, in bytes.
    package var textBytes: Int {
        [suite, name, units ?? "", measurement ?? ""].reduce(0) { $0 + $1.utf8.count }
    }

    /// Whether a text can be a measurement: digits, perhaps with a sign and a point, at most 60 of them.
    package static func isMeasurement(_ text: String) -> Bool {
        text.utf8.count <= 60 && text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) != nil
    }
}
