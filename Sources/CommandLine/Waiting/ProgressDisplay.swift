// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Shows a jobset's progress on standard error: one line that moves on a terminal, lines elsewhere.
struct ProgressDisplay {
    private var output = MovingLine()
    private var lines = ProgressLines()
    /// What has been said of labs that keep the jobset waiting.
    private var told: [LabWait] = []

    /// Shows how a jobset stands.
    mutating func show(_ status: Jobset, elapsed: Duration) {
        tell(status.waits ?? [])
        if output.terminal.isTerminal {
            output.move(to: ProgressBar(status: status, elapsed: elapsed).line(on: output.terminal))
        } else if let line = lines.line(for: status, elapsed: elapsed) {
            output.say(line)
        }
    }

    /// Says what the jobset waits for when that has changed; how many jobs it is changes all the time.
    private mutating func tell(_ waits: [LabWait]) {
        let troubles = waits.filter(\.isTrouble)
        for wait in troubles where !told.contains(where: { Self.isSame($0, wait) }) { output.say(wait.line) }
        told = troubles
    }

    private static func isSame(_ one: LabWait, _ other: LabWait) -> Bool {
        (one.backend, one.kind, one.reason) == (other.backend, other.kind, other.reason)
    }

    /// Says something beside the progress.
    mutating func say(_ text: String) { output.say(text) }

    /// Leaves the moving line, so that what follows begins a line of its own.
    mutating func close() { output.close() }
}
