// SPDX-License-Identifier: Apache-2.0

import Fleet

/// How far a jobset is, in one line.
struct ProgressBar: Sendable {
    let status: Jobset
    /// How long the command has waited.
    let elapsed: Duration

    /// The line for a terminal, no wider than it:
    /// `[==========>---------]  4/6  1 in lab  1 waiting  1 not complete  3 failed tests  0:42`.
    func line(on terminal: Terminal) -> String {
        let texts = ["\(ended)/\(total)"] + facts + [Age.clock(elapsed)]
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
