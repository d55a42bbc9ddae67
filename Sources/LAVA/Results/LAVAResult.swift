// SPDX-License-Identifier: Apache-2.0

/// One test case of a lab job.
public struct LAVAResult: Sendable, Equatable {
    /// How a test case went.
    public enum Outcome: String, Sendable {
        case pass, fail, skip, unknown
    }

    /// The suite's name as LAVA has it, with the number of its place in the job where it has one (`0_smoke`);
    /// `lava` for LAVA's own steps.
    public var suite: String

    /// LAVA's number of the suite. Two runs of the same suite in one job have the same name, but not this.
    public var suiteNumber: Int

    /// The name of the test set that the case is in (`lava-test-set`); nil for none.
    public var testSet: String?

    /// The case's name, as LAVA normalised it. Test sets of a suite may have cases of one name.
    public var name: String

    /// How it went; a case with a measurement has both.
    public var result: Outcome

    /// An exact decimal number as text, such as `1.0000000000`.
    public var measurement: String?

    /// The measurement's unit, or empty.
    public var unit: String

    /// The first line of the job's log that belongs to it.
    public var startLogLine: Int?

    /// The last line of the job's log that belongs to it.
    public var endLogLine: Int?

    /// Only of `lava/job`, when the job failed: `Infrastructure`, `Job`, `Test`, `MultinodeTimeout`, `Canceled`, …
    public var errorType: String?

    /// The words beside ``errorType``.
    public var errorMessage: String?

    /// A result by hand, for tests of what uses one.
    public init(
        suite: String,
        suiteNumber: Int,
        testSet: String? = nil,
        name: String,
        result: Outcome,
        measurement: String? = nil,
        unit: String = "",
        startLogLine: Int? = nil,
        endLogLine: Int? = nil,
        errorType: String? = nil,
        errorMessage: String? = nil
    ) {
        self.suite = suite
        self.suiteNumber = suiteNumber
        self.testSet = testSet
        self.name = name
        self.result = result
        self.measurement = measurement
        self.unit = unit
        self.startLogLine = startLogLine
        self.endLogLine = endLogLine
        self.errorType = errorType
        self.errorMessage = errorMessage
    }
}
