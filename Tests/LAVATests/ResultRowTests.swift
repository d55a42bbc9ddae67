// SPDX-License-Identifier: Apache-2.0

import Fleet
import LAVA
import LAVALabs
import Testing

@Suite("Results as they are stored")
struct ResultRowTests {
    private func row(
        _ result: LAVAResult.Outcome = .pass,
        suite: String = "0_smoke",
        set: String? = nil,
        name: String = "boots",
        measurement: String? = nil,
        unit: String = "",
        lines: (Int?, Int?) = (nil, nil)
    ) -> ResultRow {
        ResultRow(
            LAVAResult(
                suite: suite,
                suiteNumber: 4,
                testSet: set,
                name: name,
                result: result,
                measurement: measurement,
                unit: unit,
                startLogLine: lines.0,
                endLogLine: lines.1
            )
        )
    }

    @Test("All that LAVA says is kept")
    func all() {
        let stored = row(.fail, measurement: "-12.5000000000", unit: "ms", lines: (10, 20))
        let expected = ResultRow(
            suite: "smoke",
            suiteNumber: 4,
            name: "boots",
            status: .fail,
            measurement: "-12.5000000000",
            units: "ms",
            startLogLine: 10,
            endLogLine: 20
        )
        #expect(stored == expected)
        #expect(row().units == nil)
        #expect(row().measurement == nil)
    }

    @Test(
        "A suite is called as its author called it, and not by its place",
        arguments: [
            ("0_ltp", "ltp"), ("12_ltp", "ltp"), ("0_1_ltp", "1_ltp"), ("ltp", "ltp"), ("0ltp", "0ltp"), ("0_", "0_"),
            ("_ltp", "_ltp"), ("7", "7"), ("lava", "lava"), ("0_lava", "0_lava"), ("", ""), ("0_é", "é"),
            ("٣_ltp", "٣_ltp"),
        ]
    )
    func suite(_ name: String, _ authored: String) {
        #expect(row(suite: name).suite == authored)
    }

    @Test("A test set is part of the name") func testSet() {
        #expect(row(set: "video0", name: "Control").name == "video0/Control")
        #expect(row(set: "", name: "Control").name == "Control")
        #expect(row(set: "a\0", name: "b").name == "a\u{FFFD}/b")
    }

    @Test(
        "Each of LAVA's words for a result has one of ours",
        arguments: [(LAVAResult.Outcome.pass, ResultStatus.pass), (.fail, .fail), (.skip, .skip), (.unknown, .unknown)]
    )
    func statuses(_ result: LAVAResult.Outcome, _ status: ResultStatus) {
        #expect(row(result).status == status)
    }

    @Test("Decimal numbers are measurements", arguments: ["0", "1.0000000000", "-3", "007.5", "123456789012345678.5"])
    func measurements(_ text: String) {
        #expect(row(measurement: text).measurement == text)
    }

    @Test(
        "What is no decimal number is left out, and its result kept",
        arguments: [
            "", "-", ".5", "1.", "1e5", "+1", " 1", "1\n", "NaN", "1,5", "\u{0661}", "1.2.3",
            String(repeating: "9", count: 61),
        ]
    )
    func noMeasurements(_ text: String) {
        #expect(row(measurement: text).measurement == nil)
        #expect(row(measurement: text).name == "boots")
    }

    @Test("Lines of a log that no log has are left out")
    func lines() {
        let stored = row(lines: (Int(Int32.max) + 1, Int(Int32.max)))
        #expect(stored.startLogLine == nil)
        #expect(stored.endLogLine == Int(Int32.max))
    }

    @Test("No text that a lab sends is unstorable")
    func texts() {
        let stored = row(suite: "a\0b", name: "\0", unit: "m\0")
        #expect(stored.suite == "a\u{FFFD}b")
        #expect(stored.name == "\u{FFFD}")
        #expect(stored.units == "m\u{FFFD}")
    }
}
