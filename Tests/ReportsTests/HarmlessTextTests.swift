// SPDX-License-Identifier: Apache-2.0

import Fleet
import Reports
import Testing

@Suite("Text that others wrote")
struct HarmlessTextTests {
    @Test(
        "becomes one harmless line",
        arguments: [
            ("plain", "plain"),
            ("two\nlines", "two lines"),
            ("two\r\nlines", "two lines"),
            ("a\tb", "a b"),
            ("\u{1B}[31m", "\u{FFFD}[31m"),
            ("nul\u{0}", "nul\u{FFFD}"),
            ("c1\u{9B}2J", "c1\u{FFFD}2J"),
            ("right\u{202E}left", "right\u{FFFD}left"),
            ("tag\u{E0041}", "tag\u{FFFD}"),
            ("für 日本", "für 日本"),
            ("12345678901", "123456789…"),
            ("", ""),
        ]
    )
    func line(_ text: String, _ expected: String) {
        #expect(
            HarmlessText.line(text, limit: 10).prefix(20) == expected || HarmlessText.line(text, limit: 20) == expected
        )
    }

    @Test("keeps its lines where they are wanted")
    func block() {
        #expect(HarmlessText.block("a\r\nb\rc\nd\u{2028}e", limit: 100) == "a\nb\nc\nd\ne")
    }

    @Test("is cut to any limit", arguments: [0, 1, 2, 1_000])
    func cut(_ limit: Int) {
        let text = HarmlessText.line(String(repeating: "e\u{301}", count: 10_000), limit: limit)
        #expect(text.unicodeScalars.count == limit)
    }
}
