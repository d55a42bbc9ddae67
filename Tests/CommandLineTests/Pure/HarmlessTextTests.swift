// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@testable import CommandLine

@Suite("Text from elsewhere")
struct HarmlessTextTests {
    @Test(
        "Nothing in it can steer a terminal",
        arguments: [
            ("plain ünïcode 日本", "plain ünïcode 日本"),
            ("\u{1B}[2Jgone", "\u{FFFD}[2Jgone"),
            ("\u{9B}31m", "\u{FFFD}31m"),
            ("a\u{07}b\u{08}c\u{7F}d", "a\u{FFFD}b\u{FFFD}c\u{FFFD}d"),
            ("one\r\ntwo\tthree", "one two three"),
            ("safe\u{202E}exe.cod", "safe\u{FFFD}exe.cod"),
            ("one\u{2028}two", "one two"),
        ]
    )
    func line(text: String, shown: String) {
        #expect(HarmlessText.line(text) == shown)
    }

    @Test("Line breaks stay where several lines are meant")
    func lines() {
        #expect(HarmlessText.block("one\ntwo\u{1B}") == "one\ntwo\u{FFFD}")
    }

    @Test("The query of an address is not shown, since it may hold a token")
    func addresses() {
        let secret = ReceiverAddress("https://ci.example.com/done?token=hunter2")
        #expect(secret.masked == "https://ci.example.com/done?…")
        #expect(ReceiverAddress("https://ci.example.com/done").masked == "https://ci.example.com/done")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
    }
}
