// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Shows somebody who waits for a jobset how it stands.
protocol WaitDisplay {
    /// Shows how the jobset stands, after the command has waited for `elapsed`.
    ///
    /// - Throws: ``FleetAbsence`` when something that is to be shown can't be seen at present.
    mutating func show(_ jobset: Jobset, through watch: any JobsetWatch, elapsed: Duration) async throws
    /// Says something beside that.
    mutating func say(_ text: String)
    /// Makes what follows begin a line of its own.
    mutating func close()
}

/// Shows a jobset's progress on standard error: one line that moves on a terminal, lines elsewhere.
struct ProgressDisplay: WaitDisplay {
    private var output = MovingLine()
    private var lines = ProgressLines()
    /// What has been said of labs that keep the jobset waiting.
    private var told: [LabWait] = []

    mutating func show(_ jobset: Jobset, through watch: any JobsetWatch, elapsed: Duration) {
        show(jobset, elapsed: elapsed)
    }

    /// Shows how a jobset stands.
    mutating func show(_ status: Jobset, elapsed: Duration) {
        tell(status.waits ?? [])
        if output.terminal.isTerminal {
            output.move(
                to: ProgressBar(status: status, elapsed: elapsed, pace: JobsetPace(status, now: .now))
                    .line(on: output.terminal)
            )
        } else if let line = lines.line(for: status, elapsed: elapsed) {
            output.say(line)
        }
    }

    /// Says what the jobset waits for when that has changed; how many jobs it is changes all the time.
    ///
    /// - Returns: whether something was said.
    @discardableResult
    mutating func tell(_ waits: [LabWait]) -> Bool {
        let troubles = waits.filter(\.isTrouble)
        let news = troubles.filter { wait in !told.contains { Self.isSame($0, wait) } }
        for wait in news { output.say(wait.line) }
        told = troubles
        return !news.isEmpty
    }

    private static func isSame(_ one: LabWait, _ other: LabWait) -> Bool {
        (one.backend, one.kind, one.reason) == (other.backend, other.kind, other.reason)
    }

    /// Says something beside the progress.
    mutating func say(_ text: String) { output.say(text) }

    /// Leaves the moving line, so that what follows begins a line of its own.
    mutating func close() { output.close() }
}

/// How far a jobset is, in one line.
struct ProgressBar: Sendable {
    let status: Jobset
    /// How long the command has waited.
    let elapsed: Duration
    /// How long the other jobs take at the rate of those that have ended.
    var pace: JobsetPace?

    /// The line for a terminal, no wider than it:
    /// `[==========>---------]  4/6  1 in lab  1 waiting  1 not complete  3 failed tests  about 12 min left  0:42`.
    func line(on terminal: Terminal) -> String {
        let left = pace.map { "about \(Age.span(seconds: Int(min($0.timeLeft, 1e9)))) left" }
        let texts = ["\(ended)/\(total)"] + facts + [left].compactMap(\.self) + [Age.clock(elapsed)]
        let text = texts.joined(separator: "  ")
        // Of an open jobset nobody knows how much is to come, unless that was declared.
        let whole = max(status.total, status.isSealed ? 0 : status.declaredTotal ?? status.total + 1)
        let share = whole == 0 ? 1 : Double(ended) / Double(whole)
        let colour: Colour = status.outcomes.keys.contains { $0 != "complete" } ? .yellow : .green
        return BarText.line(share: share, colour, text, on: terminal)
    }

    /// The line for a file or a pipe: `4 of 6 jobs ended, 1 in lab, 1 waiting, 1 not complete`.
    var plainLine: String {
        (["\(ended) of \(total) \(total == "1" ? "job" : "jobs") ended"] + facts).joined(separator: ", ")
    }

    /// How many jobs there are; of an open jobset as many as were declared, or so many and perhaps more.
    private var total: String {
        guard !status.isSealed else { return "\(status.total)" }
        return status.declaredTotal.map { "\($0)" } ?? "\(status.total)+"
    }

    private var ended: Int { max(0, status.total - status.pending) }

    private var facts: [String] {
        let isOpen = status.isSealed || status.state == .finished ? [] : ["open"]
        let notComplete = status.outcomes.filter { $0.key != "complete" }.values.reduce(0, +)
        return isOpen
            + [
                (status.inLab, "in lab"), (status.waiting, "waiting"), (notComplete, "not complete"),
                (status.tests.fail, status.tests.fail == 1 ? "failed test" : "failed tests"),
            ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }
}

/// Decides when a line about progress is due where no terminal shows a moving bar: with each change, and now and
/// then without one, so that a log of a CI job shows life.
struct ProgressLines: Sendable {
    private var lastLine: String?
    private var lastTime: Duration = .zero

    /// How long it may be silent.
    static let longestSilence = Duration.seconds(10)

    /// The line to write when a jobset stands so after `elapsed`; nil when none is due.
    mutating func line(for status: Jobset, elapsed: Duration) -> String? {
        let line = ProgressBar(status: status, elapsed: elapsed).plainLine
        guard line != lastLine || elapsed - lastTime >= Self.longestSilence else { return nil }
        lastLine = line
        lastTime = elapsed
        return "\(line) (\(Age.clock(elapsed)))"
    }
}
