// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CommandLine

@Suite("Tables")
struct TableTests {
    let table = Table(
        columns: [.init("NAME", canShrink: true), .init("COUNT"), .init("STATE"), .init("WHY", canShrink: true)],
        rows: [
            [.text("a"), .number(7), .text("passed"), .text("-")],
            [
                .text("quite-a-long-name"), .number(1234), .text("failed"),
                .text("for a reason of many words\nin lines"),
            ],
        ]
    )

    func terminal(_ width: Int, colour: Bool = false) -> Terminal {
        Terminal(isTerminal: true, width: width, hasColour: colour, hasUnicode: true)
    }

    @Test("Columns are aligned, numbers to the right")
    func aligned() {
        #expect(
            table.lines(on: terminal(100)) == [
                "NAME               COUNT  STATE   WHY",
                "a                      7  passed  -",
                "quite-a-long-name   1234  failed  for a reason of many words in lines",
            ]
        )
    }

    @Test("No line is wider than the terminal", arguments: [20, 30, 40, 50, 60, 79, 80])
    func cut(width: Int) {
        for line in table.lines(on: terminal(width)) { #expect(CellWidth.of(line) <= width) }
    }

    @Test("The widest columns give way first")
    func shrinks() {
        #expect(
            table.lines(on: terminal(40)) == [
                "NAME         COUNT  STATE   WHY",
                "a                7  passed  -",
                "quite-a-lo…   1234  failed  for a reaso…",
            ]
        )
    }

    @Test("Elsewhere than on a terminal it is tab-separated, with whole words and absolute times")
    func plain() {
        let date = Date(timeIntervalSince1970: 1_795_000_000)
        let lines = Table(
            columns: [.init("NAME"), .init("AT")],
            rows: [[.text("tab\tin it"), .time(date)], [.text(""), .time(nil)]]
        ).lines(on: .plain)
        #expect(lines == ["NAME\tAT", "tab in it\t2026-11-18T11:06:40Z", "-\t-"])
    }

    @Test("Colours don't disturb the alignment, and are absent unless wanted")
    func colours() {
        let coloured = table.lines(on: terminal(100, colour: true))
        #expect(coloured[1].contains("\u{1B}[32mpassed\u{1B}[0m  -"))
        #expect(
            coloured[1].replacing("\u{1B}[32m", with: "").replacing("\u{1B}[0m", with: "")
                == table.lines(on: terminal(100))[1]
        )
        #expect(!table.lines(on: terminal(100)).joined().contains("\u{1B}"))
    }

    @Test("Wide characters take two cells, marks none")
    func widths() {
        #expect(CellWidth.of("日本") == 4)
        #expect(CellWidth.of("e\u{301}") == 1)
        #expect(CellWidth.cut("日本語", to: 4, on: terminal(80)) == "日…")
    }

    @Test(
        "Ages are told in one unit",
        arguments: [
            (0, "0 s ago"), (119, "119 s ago"), (120, "2 min ago"), (7_200, "2 h ago"), (172_800, "2 d ago"),
            (-90, "in 90 s"),
        ]
    )
    func ages(seconds: Int, text: String) {
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        #expect(Age.text(of: now.addingTimeInterval(Double(-seconds)), now: now) == text)
    }

    @Test("Names and values of one thing stand in two columns")
    func facts() {
        let facts = Facts(pairs: [("a", "1"), ("longer", "two\u{1B}"), ("left out of it", nil)])
        #expect(facts.lines(on: terminal(80)) == ["a       1", "longer  two\u{FFFD}"])
        #expect(facts.lines(on: .plain) == ["a\t1", "longer\ttwo\u{FFFD}"])
    }
}
