// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// A test case of a job that has ended.
package struct FinishedTest: Sendable, Equatable {
    /// The suite's name, without the number that LAVA puts before it.
    package var suite: String
    /// LAVA's number of the suite: the same suite run twice in a job has two.
    package var suiteNumber: Int
    package var name: String
    package var status: ResultStatus
    /// Its measurement, in decimal digits.
    package var measurement: String?
    package var units: String?

    /// A test case as given.
    package init(
        suite: String,
        suiteNumber: Int,
        name: String,
        status: ResultStatus,
        measurement: String? = nil,
        units: String? = nil
    ) {
        self.suite = suite
        self.suiteNumber = suiteNumber
        self.name = name
        self.status = status
        self.measurement = measurement
        self.units = units
    }
}
