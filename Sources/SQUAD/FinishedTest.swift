// SPDX-License-Identifier: Apache-2.0

public import Fleet

/// A test case of a job that has ended.
public struct FinishedTest: Sendable, Equatable {
    /// The suite's name, without the number that LAVA puts before it.
    public var suite: String
    /// LAVA's number of the suite: the same suite run twice in a job has two.
    public var suiteNumber: Int
    /// Its name.
    public var name: String
    /// What it said.
    public var status: ResultStatus
    /// Its measurement, in decimal digits.
    public var measurement: String?
    /// The measurement's units.
    public var units: String?

    /// A test case as given.
    public init(
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
