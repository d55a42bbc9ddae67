// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@testable import CommandLine

@Suite("Progress")
struct ProgressTests {
    func terminal(_ width: Int, unicode: Bool = false) -> Terminal {
        Terminal(isTerminal: true, width: width, hasColour: false, hasUnicode: unicode)
    }

    @Test("The bar shows what has ended and what went wrong")
    func bar() {
        let line = ProgressBar(status: Samples.jobset(), elapsed: .seconds(42)).line(on: terminal(120))
        #expect(
            line == "[####################..........]  4/6  1 in lab  1 waiting  1 not complete  2 failed tests  0:42"
        )
    }

    @Test("It says how long the others take, where enough jobs have ended")
    func pace() {
        let status = Samples.jobset(total: 60, pending: 50)
        let pace = JobsetPace(status, now: status.createdAt.addingTimeInterval(600))
        let line = ProgressBar(status: status, elapsed: .seconds(42), pace: pace).line(on: terminal(120))
        #expect(line.contains("  about 50 min left  0:42"))
        #expect(JobsetPace(Samples.jobset(total: 60, pending: 57), now: .distantFuture) == nil)
    }

    @Test("It fits the terminal, at any width", arguments: Array(20...120))
    func fits(width: Int) {
        for unicode in [true, false] {
            let line = ProgressBar(status: Samples.jobset(), elapsed: .seconds(4_242)).line(
                on: terminal(width, unicode: unicode)
            )
            #expect(CellWidth.of(line) < width)
        }
    }

    @Test("Colours take nothing from its room")
    func coloured() {
        let plain = ProgressBar(status: Samples.jobset(), elapsed: .seconds(42)).line(on: terminal(100))
        let colours = Terminal(isTerminal: true, width: 100, hasColour: true, hasUnicode: false)
        let coloured = ProgressBar(status: Samples.jobset(), elapsed: .seconds(42)).line(on: colours)
        #expect(coloured.contains("\u{1B}[33m"))
        #expect(coloured.replacing("\u{1B}[33m", with: "").replacing("\u{1B}[0m", with: "") == plain)
    }

    @Test("It is full at the end and not before")
    func full() {
        let open = Samples.jobset(total: 100_000, pending: 1, waiting: 0, outcomes: [:], tests: TestCounts())
        let ended = Samples.jobset(total: 100_000, pending: 0, waiting: 0, inLab: 0, outcomes: [:], tests: TestCounts())
        #expect(ProgressBar(status: open, elapsed: .zero).line(on: terminal(80)).contains(".]"))
        #expect(ProgressBar(status: ended, elapsed: .zero).line(on: terminal(80)).contains("##]"))
    }

    @Test("An open jobset says so, and never looks over")
    func open() {
        let open = Samples.jobset(pending: 0, waiting: 0, inLab: 0, outcomes: [:], tests: TestCounts(), isSealed: false)
        let bar = ProgressBar(status: open, elapsed: .zero)
        #expect(bar.plainLine == "6 of 6+ jobs ended, open")
        #expect(bar.line(on: terminal(80)).contains(".]  6/6+  open"))
        let declared = Samples.jobset(
            outcomes: ["complete": 4],
            tests: TestCounts(),
            isSealed: false,
            declaredTotal: 1_000
        )
        #expect(
            ProgressBar(status: declared, elapsed: .zero).plainLine == "4 of 1000 jobs ended, open, 1 in lab, 1 waiting"
        )
    }

    @Test("A file on its way says how far it is and how fast")
    func sending() {
        var facts = SendingFacts(stage: .sending, jobs: 12_000, skipped: 2_000, total: 50_000, share: 0.24)
        facts.elapsed = .seconds(10)
        #expect(facts.plainLine == "12000 of 50000 jobs sent, 2000 of them already present, 1000/s")
        #expect(facts.line(on: terminal(60)) == "[######...................]  12000/50000 sent  1000/s  0:10")
        for width in 20...100 { #expect(CellWidth.of(facts.line(on: terminal(width))) < width) }
        #expect(SendingFacts(stage: .checking, jobs: 7, share: 0.5).plainLine == "7 jobs checked")
    }

    @Test("An empty jobset is at its end")
    func empty() {
        let empty = Samples.jobset(
            state: .finished,
            verdict: .passed,
            total: 0,
            pending: 0,
            waiting: 0,
            inLab: 0,
            outcomes: [:],
            tests: TestCounts()
        )
        #expect(ProgressBar(status: empty, elapsed: .zero).line(on: terminal(40)).hasSuffix("0/0  0:00"))
        #expect(VerdictLine.text(empty) == "passed: no jobs, no tests")
    }

    @Test("Without a terminal a line comes with each change and after ten seconds of silence")
    func lines() {
        var lines = ProgressLines()
        let first = Samples.jobset()
        let second = Samples.jobset(pending: 1, inLab: 0)
        #expect(
            lines.line(for: first, elapsed: .seconds(0))
                == "4 of 6 jobs ended, 1 in lab, 1 waiting, 1 not complete, 2 failed tests (0:00)"
        )
        #expect(lines.line(for: first, elapsed: .seconds(9)) == nil)
        #expect(lines.line(for: first, elapsed: .seconds(10)) != nil)
        #expect(lines.line(for: first, elapsed: .seconds(11)) == nil)
        #expect(lines.line(for: second, elapsed: .seconds(12))?.hasPrefix("5 of 6 jobs ended, 1 waiting") == true)
    }

    @Test("Pauses grow from one second to five and shrink when something happens")
    func pauses() {
        var pauses = PollPauses()
        #expect(pauses.next(afterChange: true) == .seconds(1))
        var last = Duration.zero
        for _ in 0..<20 { last = pauses.next(afterChange: false) }
        #expect(last == .seconds(5))
        #expect(pauses.next(afterChange: true) == .seconds(1))
    }

    @Test("The last line has verdict and counts")
    func verdict() {
        let status = Samples.jobset(state: .finished, verdict: .failed, pending: 0, waiting: 0, inLab: 0)
        #expect(
            VerdictLine.text(status)
                == "failed, 1 of 6 jobs rejected: 6 jobs (3 complete, 1 rejected), 82 tests (76 passed, 2 failed, 4 skipped)"
        )
    }
}
