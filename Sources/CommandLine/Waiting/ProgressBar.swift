// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// How far a jobset is, in one line.
struct ProgressBar: Sendable {
    /// How it stands.
    let status: JobsetStatus
    /// How long the command has waited.
    let elapsed: Duration

    /// The line for a terminal, no wider than it:
    /// `[==========>---------]  4/6  1 in lab  1 waiting  1 not complete  3 failed tests  0:42`.
    func line(on terminal: Terminal) -> String {
        let texts = ["\(ended)/\(status.total)"] + facts + [Age.clock(elapsed)]
        let text = texts.joined(separator: "  ")
        let width = (terminal.width ?? 80) - 1
        let room = width - CellWidth.of(text) - 4
        guard room >= 6 else { return CellWidth.cut(text, to: width, on: terminal) }
        return bar(cells: min(room, 30), on: terminal) + "  " + text
    }

    /// The line for a file or a pipe: `4 of 6 jobs ended, 1 in lab, 1 waiting, 1 not complete`.
    var plainLine: String {
        (["\(ended) of \(status.total) \(status.total == 1 ? "job" : "jobs") ended"] + facts).joined(separator: ", ")
    }

    private var ended: Int { max(0, status.total - status.pending) }

    private var facts: [String] {
        let notComplete = status.outcomes.filter { $0.key != "complete" }.values.reduce(0, +)
        return [
            (status.inLab, "in lab"), (status.waiting, "waiting"), (notComplete, "not complete"),
            (status.tests.fail, status.tests.fail == 1 ? "failed test" : "failed tests"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }

    private func bar(cells: Int, on terminal: Terminal) -> String {
        let share = status.total == 0 ? 1 : Double(ended) / Double(status.total)
        // Full means over: rounding up would promise an end that has not come.
        let full = max(0, min(cells, Int(share * Double(cells))))
        let (done, open) = terminal.hasUnicode ? ("█", "░") : ("#", ".")
        let filled = String(repeating: done, count: full)
        let colour: Colour = status.outcomes.keys.contains { $0 != "complete" } ? .yellow : .green
        return "[" + colour.paint(filled, on: terminal) + String(repeating: open, count: cells - full) + "]"
    }
}
