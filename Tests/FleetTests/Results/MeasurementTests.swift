// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@Suite("Measurements")
struct MeasurementTests {
    @Test("A measurement is digits, perhaps with a sign and a point")
    func texts() {
        let pattern = /-?[0-9]+(\.[0-9]+)?/
        var generator = SystemRandomNumberGenerator()
        let letters = Array("0123456789--..+e \u{0661}")
        var texts = ["", "-", ".", "1.", ".1", "-.1", "1.2.3", "--1", "0", "-0.0", "1\u{0301}", "\u{FF11}"]
        for _ in 0..<10_000 {
            texts.append(
                String(
                    (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                        letters.randomElement(using: &generator) ?? "0"
                    }
                )
            )
        }
        for text in texts {
            #expect(ResultRow.isMeasurement(text) == (text.wholeMatch(of: pattern) != nil), "\(text)")
        }
        #expect(ResultRow.isMeasurement(String(repeating: "1", count: 60)))
        #expect(!ResultRow.isMeasurement(String(repeating: "1", count: 61)))
    }
}
