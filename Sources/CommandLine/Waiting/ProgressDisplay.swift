// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Shows a jobset's progress on standard error: one line that moves on a terminal, lines elsewhere.
struct ProgressDisplay {
    private var output = MovingLine()
    private var lines = ProgressLines()

    /// Shows how a jobset stands.
    mutating func show(_ status: Jobset, elapsed: Duration) {
        if output.terminal.isTerminal {
            output.move(to: ProgressBar(status: status, elapsed: elapsed).line(on: output.terminal))
        } else if let line = lines.line(for: status, elapsed: elapsed) {
            output.say(line)
        }
    }

    /// Says something beside the progress.
    mutating func say(_ text: String) { output.say(text) }

    /// Leaves the moving line, so that what follows begins a line of its own.
    mutating func close() { output.close() }
}
